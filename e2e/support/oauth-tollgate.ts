import { exportJWK, generateKeyPair } from 'jose';
import * as client from 'openid-client';
import { Agent, fetch } from 'undici';
import { certifiedClient, makeClientCertificates } from './client-certificates.js';
import { FormPerson } from './form-person.js';
import { authenticationOf, postLogoutUri, redirectUri, type Method, type Server } from './oauth-server.js';
import { send } from './rest.js';
import { embedded } from './settings.js';

/** Everything in one process, over TLS. Its clients are registered as strangers would, by RFC 7591. */
export async function tollgateServer(): Promise<Server> {
  const certificates = await makeClientCertificates();
  const installation = await embedded({ 'clients.pem': certificates.authority });
  const [base = ''] = installation.controlPlanes;
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  const over = ((url: string, options: object) => fetch(url, { ...options, dispatcher: agent })) as client.CustomFetch;
  const issuer = new URL(`${base}/oauth2/token`);
  const token = await registrationToken(base, installation.admin);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);

  const register = async (metadata: Partial<client.ClientMetadata>, auth?: client.ClientAuth) =>
    client.dynamicClientRegistration(issuer, metadata, auth, {
      initialAccessToken: token,
      [client.customFetch]: over,
    });
  return {
    redirectUri,
    postLogoutUri,
    fetch: over as unknown as typeof globalThis.fetch,
    person: new FormPerson(base, agent, {
      fields: { username: installation.admin[0], password: installation.admin[1] },
      buttons: [
        ['action', 'allow'],
        ['action', 'step'],
        ['action', 'here'],
      ],
    }),
    async client(method: Method) {
      const grants = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'];
      const made = await register({
        client_name: method,
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [postLogoutUri],
        grant_types: method === 'none' ? grants : [...grants, 'client_credentials'],
        token_endpoint_auth_method: method,
        ...(method === 'private_key_jwt' ? { jwks: { keys: [jwk] } } : {}),
      });
      const { client_id: id, client_secret: secret } = made.clientMetadata();
      const auth = authenticationOf(method, secret ?? '', privateKey);
      return client.discovery(issuer, id, secret === undefined ? {} : { client_secret: secret }, auth, {
        [client.customFetch]: over,
      });
    },
    async certified(method) {
      const made = await register({
        client_name: method,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'client_credentials'],
        ...certificates.metadata(method),
      });
      return certifiedClient(issuer, made.clientMetadata().client_id, method, certificates);
    },
    register,
    async stop() {
      await agent.close();
      await installation.stop();
    },
  };
}

async function registrationToken(base: string, admin: readonly [string, string]): Promise<string> {
  const registered = await send('POST', `${base}/client-registration/v0.17/register`, {
    basic: admin,
    json: { clientName: 'registrar', owner: admin[0], grantType: 'client_credentials', saasApp: true },
  });
  const { clientId, clientSecret } = registered.body as Record<string, string>;
  const answer = await send('POST', `${base}/oauth2/token`, {
    basic: [clientId ?? '', clientSecret ?? ''],
    form: { grant_type: 'client_credentials', scope: 'apim:dcr:app_manage' },
  });
  return String(answer.body['access_token']);
}
