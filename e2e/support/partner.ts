import { createPrivateKey, generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type JWK } from 'oidc-provider';

/** A real key manager of another vendor on a loopback port, with a client of its own. */
export interface Partner {
  readonly issuer: string;
  readonly initialAccessToken: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Requests for its keys so far. */
  readonly keyReads: () => number;
  /** client_credentials at its own token endpoint. */
  token(client: { readonly id: string; readonly secret: string }): Promise<string>;
  /** A JWT that it has signed, for one of its users. */
  assertion(claims: Readonly<Record<string, unknown>>): string;
  /** Comes back at the same address with a new key, which signs, and the old one. */
  rotate(): Promise<void>;
  /** Answers `text` where its keys were, until `rotate` or `start`. */
  answerKeysWith(text: string | null): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const resource = 'https://orders.test';
const client = { id: 'brought-along', secret: 'a-secret-of-the-partner-0123456789' };
const initialAccessToken = 'initial-access-token';

export async function startPartner(): Promise<Partner> {
  const keys: JWK[] = [newKey('partner-1')];
  let server: Server;
  let port = 0;
  let reads = 0;
  let keysText: string | null = null;

  async function start(): Promise<void> {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
    const handle = providerAt(`http://127.0.0.1:${port}`, keys).callback();
    server.on('request', (request, response) => {
      if (request.url !== '/jwks') return void handle(request, response);
      reads++;
      if (keysText === null) return void handle(request, response);
      response.setHeader('content-type', 'application/json');
      response.end(keysText);
    });
  }
  async function stop(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await start();
  const issuer = `http://127.0.0.1:${port}`;

  return {
    issuer,
    initialAccessToken,
    client,
    keyReads: () => reads,
    token: async ({ id, secret }) => {
      const authorization = `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders:read' });
      const answer = await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization }, body });
      const json = (await answer.json()) as { access_token?: string };
      if (!json.access_token) throw new Error(`The partner gave no token: ${JSON.stringify(json)}`);
      return json.access_token;
    },
    assertion: (claims) => signedBy(keys[0] ?? {}, claims),
    rotate: async () => {
      await stop();
      keys.unshift(newKey(`partner-${keys.length + 1}`));
      await start();
    },
    answerKeysWith: (text) => void (keysText = text),
    stop,
    start,
  };
}

function signedBy(jwk: JWK, claims: Readonly<Record<string, unknown>>): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'RS256', typ: 'JWT', kid: jwk.kid })}.${part(claims)}`;
  const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

function newKey(kid: string): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } as JWK;
}

function providerAt(issuer: string, keys: JWK[]): Provider {
  return new Provider(issuer, {
    jwks: { keys },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    scopes: ['orders:read'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      registration: { enabled: true, initialAccessToken },
      registrationManagement: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'orders:read',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
}
