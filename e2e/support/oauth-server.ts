import * as client from 'openid-client';

export type Method = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

export type CertificateMethod = 'tls_client_auth' | 'self_signed_tls_client_auth';

export interface CertifiedClient {
  readonly config: client.Configuration;
  readonly withAnother: client.Configuration;
  /** RFC 8705 section 3.1. */
  readonly thumbprint: string;
  readonly close: () => Promise<void>;
}

/** Somebody with a browser who signs in, allows what is asked, and signs out. */
export interface Person {
  /** @returns where the client is called back */
  authorize(url: URL): Promise<URL>;
  connectDevice(url: URL): Promise<void>;
  /** @returns where the person ends */
  signOut(url: URL): Promise<URL>;
  /** Another browser from now on. */
  forget(): Promise<void>;
}

/** An authorization server under test, with a client of every kind. */
export interface Server {
  readonly redirectUri: string;
  readonly postLogoutUri: string;
  readonly person: Person;
  /** Trusts the server's certificate. */
  readonly fetch: typeof fetch;
  /** Discovered, with the client that proves itself in this way. */
  client(method: Method): Promise<client.Configuration>;
  /** A client that proves itself by a certificate, and the same one with the certificate of somebody else. */
  certified(method: CertificateMethod): Promise<CertifiedClient>;
  register(metadata: Partial<client.ClientMetadata>): Promise<client.Configuration>;
  stop(): Promise<void>;
}

export const redirectUri = 'https://client.example/cb';
export const postLogoutUri = 'https://client.example/bye';

export function authenticationOf(method: Method, secret: string, key: CryptoKey): client.ClientAuth {
  if (method === 'none') return client.None();
  if (method === 'private_key_jwt') return client.PrivateKeyJwt(key);
  return method === 'client_secret_post' ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret);
}

/** One poll of a device, without waiting and trying again. */
export function deviceCode(config: client.Configuration, deviceCode: string): Promise<client.TokenEndpointResponse> {
  const grant = 'urn:ietf:params:oauth:grant-type:device_code';
  return client.genericGrantRequest(config, grant, { device_code: deviceCode });
}

export async function refreshTokens(
  config: client.Configuration,
  token: string,
): Promise<client.TokenEndpointResponse> {
  return client.refreshTokenGrant(config, token);
}
