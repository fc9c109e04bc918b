import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

/** What the key manager has asked for. */
export interface Asked {
  readonly nonce: string;
  readonly clientId: string;
}

/** What a provider answers that attacks or is broken. Absent: as a right one does. */
export interface Twist {
  readonly claims?: (right: JWTPayload) => JWTPayload;
  readonly header?: Record<string, unknown>;
  /** `none`: no signature. `public`: HS256 with the text of the public key. `foreign`: another key of the same kid. */
  readonly signed?: 'none' | 'public' | 'foreign';
  readonly token?: { readonly status: number; readonly body: object };
  readonly userInfo?: object;
  readonly keys?: string;
}

/** An OpenID provider in the hands of an attacker: it says what a spec wants, with keys of its own. */
export interface TwistedProvider {
  readonly issuer: string;
  /** Of the next sign-in. */
  set(asked: Asked, twist: Twist): void;
  /** Forms that came to its token endpoint. */
  readonly exchanges: URLSearchParams[];
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startTwistedProvider(): Promise<TwistedProvider> {
  const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'twisted', use: 'sig', alg: 'RS256' };
  const publicText = new TextEncoder().encode(await exportSPKI(own.publicKey));
  const exchanges: URLSearchParams[] = [];
  let asked: Asked = { nonce: '', clientId: '' };
  let twist: Twist = {};
  let port = 0;
  let server: Server;

  async function idToken(): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const { clientId: aud, nonce } = asked;
    const right = { iss: issuer(), sub: 'eve', aud, nonce, iat: now, exp: now + 300, preferred_username: 'eve' };
    const claims = twist.claims?.(right) ?? right;
    const header = { alg: 'RS256', kid: 'twisted', ...twist.header };
    if (twist.signed === 'none') {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ ...header, alg: 'none' })}.${part(claims)}.`;
    }
    if (twist.signed === 'public')
      return new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(publicText);
    const key = twist.signed === 'foreign' ? foreign.privateKey : own.privateKey;
    return new SignJWT(claims).setProtectedHeader(header).sign(key, { crit: { 'made-up': true } });
  }
  async function answer(request: IncomingMessage): Promise<{ status: number; text: string }> {
    const json = (body: object, status = 200) => ({ status, text: JSON.stringify(body) });
    if (request.url === '/keys') return { status: 200, text: twist.keys ?? JSON.stringify({ keys: [jwk] }) };
    if (request.url === '/userinfo') return json(twist.userInfo ?? { sub: 'eve' });
    if (request.url === '/token') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      exchanges.push(new URLSearchParams(Buffer.concat(chunks).toString()));
      if (twist.token) return json(twist.token.body, twist.token.status);
      return json({ access_token: 'opaque', token_type: 'Bearer', id_token: await idToken() });
    }
    return json({
      issuer: issuer(),
      authorization_endpoint: `${issuer()}/authorize`,
      token_endpoint: `${issuer()}/token`,
      jwks_uri: `${issuer()}/keys`,
      userinfo_endpoint: `${issuer()}/userinfo`,
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    });
  }
  const issuer = (): string => `http://127.0.0.1:${port}`;
  async function start(): Promise<void> {
    server = createServer((request, response) => {
      void answer(request).then(({ status, text }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  }
  await start();
  return {
    issuer: issuer(),
    exchanges,
    set: (nextAsked, nextTwist) => {
      asked = nextAsked;
      twist = nextTwist;
    },
    start,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
