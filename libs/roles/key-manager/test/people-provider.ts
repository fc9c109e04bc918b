import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { TestBrowser, type PageAnswer } from './browser.js';

export const providerClient = { id: 'tollgate', secret: 'a secret: 100% of the provider/0123456789' };

/** A real OpenID provider of another vendor on a loopback port; whoever types a name is that person. */
export interface PeopleProvider {
  readonly issuer: string;
  /** What it says of a person besides the subject, by subject. */
  readonly claims: Map<string, Record<string, unknown>>;
  /** Somebody signs in at its pages. @returns where it sends the browser back to */
  signIn(at: string, subject: string): Promise<URL>;
  stop(): Promise<void>;
}

/** @param redirectUris of its client */
export async function startPeopleProvider(redirectUris: string[]): Promise<PeopleProvider> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claims = new Map<string, Record<string, unknown>>();
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'people-1', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['a key for the cookies of the provider'] },
    clients: [{ client_id: providerClient.id, client_secret: providerClient.secret, redirect_uris: redirectUris }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email', 'email_verified'] },
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...claims.get(sub) }) }),
  });
  const handle = provider.callback();
  server.on('request', (request, response) => void handle(request, response));
  return {
    issuer,
    claims,
    async signIn(at, subject) {
      const browser = new TestBrowser(issuer);
      let page: PageAnswer = await browser.go('GET', at);
      for (let pages = 0; page.location === null; pages++) {
        const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1];
        const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1];
        if (prompt === undefined || action === undefined || pages > 3) throw new Error(page.text.slice(0, 2000));
        page = await browser.go('POST', action, { prompt, login: subject, password: 'anything' });
      }
      return new URL(page.location);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
