import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { freePorts } from '@tollgate/services';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';
import * as client from 'openid-client';
import { generate } from 'selfsigned';
import { Agent, fetch } from 'undici';
import { certifiedClient, makeClientCertificates, type ClientCertificates } from './client-certificates.js';
import { FormPerson } from './form-person.js';
import {
  authenticationOf,
  postLogoutUri,
  redirectUri,
  type CertificateMethod,
  type Method,
  type Server,
} from './oauth-server.js';

const secret = 'a-secret-of-the-peer-that-is-long-enough';
const grants = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'];

/** Another implementation of the same standards: what passes there too tests the standards and not our habits. */
export async function peerServer(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const issuer = new URL(`https://localhost:${port}`);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const certificates = await makeClientCertificates();
  const provider = new Provider(
    issuer.href.replace(/\/$/, ''),
    await configuration(await exportJWK(publicKey), certificates),
  );
  const certificate = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  const server = createServer(
    {
      cert: certificate.cert,
      key: certificate.private,
      ca: certificates.authority,
      requestCert: true,
      rejectUnauthorized: false,
    },
    provider.callback(),
  );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  const over = ((url: string, options: object) => fetch(url, { ...options, dispatcher: agent })) as client.CustomFetch;
  return {
    redirectUri,
    postLogoutUri,
    fetch: over as unknown as typeof globalThis.fetch,
    person: new FormPerson(issuer.origin, agent, {
      fields: { login: 'ann', password: 'anything' },
      buttons: [['logout', 'yes']],
    }),
    client: (method: Method) =>
      client.discovery(issuer, method, { client_secret: secret }, authenticationOf(method, secret, privateKey), {
        [client.customFetch]: over,
      }),
    certified: (method) => certifiedClient(issuer, method, method, certificates),
    register: (metadata) =>
      client.dynamicClientRegistration(issuer, metadata, undefined, { [client.customFetch]: over }),
    async stop() {
      await agent.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const certificateMethods: CertificateMethod[] = ['tls_client_auth', 'self_signed_tls_client_auth'];

function isCertificateMethod(method: Method | CertificateMethod): method is CertificateMethod {
  return certificateMethods.some((each) => each === method);
}

type MutualTls = NonNullable<NonNullable<Configuration['features']>['mTLS']>;
const mTLS: MutualTls = {
  enabled: true,
  certificateBoundAccessTokens: true,
  selfSignedTlsClientAuth: true,
  tlsClientAuth: true,
  getCertificate: ({ socket }) => (socket as TLSSocket).getPeerX509Certificate(),
  certificateAuthorized: ({ socket }) => (socket as TLSSocket).authorized,
  certificateSubjectMatches: ({ socket }, property, expected) =>
    property === 'tls_client_auth_subject_dn' &&
    (socket as TLSSocket).getPeerX509Certificate()?.subject === String(expected),
};

async function configuration(jwk: object, certificates: ClientCertificates): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const methods: Method[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['a key for the cookies of the peer'] },
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
    issueRefreshToken: async (_, made) => made.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    clientAuthMethods: [...methods, ...certificateMethods],
    features: {
      devInteractions: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      deviceFlow: { enabled: true },
      dPoP: { enabled: true },
      registration: { enabled: true },
      mTLS,
    },
    clients: [...methods, ...certificateMethods].map((method) => ({
      client_id: method,
      ...(method.startsWith('client_secret') ? { client_secret: secret } : {}),
      ...(method === 'private_key_jwt' ? { jwks: { keys: [jwk] } } : {}),
      token_endpoint_auth_method: method,
      ...(isCertificateMethod(method) ? certificates.metadata(method) : {}),
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [postLogoutUri],
      grant_types: method === 'none' ? grants : [...grants, 'client_credentials'],
      require_auth_time: true,
    })) as Configuration['clients'],
  };
}
