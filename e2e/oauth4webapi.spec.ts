import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peerServer } from './support/oauth-peer.js';
import type { Server } from './support/oauth-server.js';
import { tollgateServer } from './support/oauth-tollgate.js';

/** A client that checks every answer against the standards and forgives nothing. */
describe.each([
  { name: 'Tollgate', start: tollgateServer },
  { name: 'oidc-provider', start: peerServer },
])('oauth4webapi against $name', ({ start }) => {
  let server: Server;
  let issuer: URL;
  let as: oauth.AuthorizationServer;
  let client: oauth.Client;
  let auth: oauth.ClientAuth;
  let options: { [oauth.customFetch]: typeof fetch };

  beforeAll(async () => {
    server = await start();
    const config = await server.client('client_secret_basic');
    issuer = new URL(config.serverMetadata().issuer);
    client = { client_id: config.clientMetadata().client_id };
    auth = oauth.ClientSecretBasic(String(config.clientMetadata().client_secret));
    options = { [oauth.customFetch]: server.fetch };
    as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
  });
  afterAll(() => server.stop());

  async function tokens(verifier: string, state: string) {
    const pushed = await oauth.pushedAuthorizationRequest(
      as,
      client,
      auth,
      {
        response_type: 'code',
        redirect_uri: server.redirectUri,
        scope: 'openid email',
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      options,
    );
    const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, pushed);
    const url = new URL(as.authorization_endpoint ?? '');
    url.search = new URLSearchParams({ client_id: client.client_id, request_uri }).toString();
    const callback = oauth.validateAuthResponse(as, client, await server.person.authorize(url), state);
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      auth,
      callback,
      server.redirectUri,
      verifier,
      options,
    );
    return oauth.processAuthorizationCodeResponse(as, client, answer, { requireIdToken: true });
  }

  it('pushes a request, exchanges the code, refreshes, introspects and revokes', async () => {
    const verifier = oauth.generateRandomCodeVerifier();
    const got = await tokens(verifier, oauth.generateRandomState());
    const claims = oauth.getValidatedIdTokenClaims(got);
    const info = await oauth.userInfoRequest(as, client, got.access_token, options);
    expect((await oauth.processUserInfoResponse(as, client, claims?.sub ?? '', info)).sub).toBe(claims?.sub);
    const refresh = await oauth.refreshTokenGrantRequest(as, client, auth, got.refresh_token ?? '', options);
    const refreshed = await oauth.processRefreshTokenResponse(as, client, refresh);
    const seen = async () =>
      oauth.processIntrospectionResponse(
        as,
        client,
        await oauth.introspectionRequest(as, client, auth, refreshed.access_token, options),
      );
    expect((await seen()).active).toBe(true);
    const revoked = await oauth.revocationRequest(as, client, auth, refreshed.access_token, options);
    await oauth.processRevocationResponse(revoked);
    expect((await seen()).active).toBe(false);
  });

  it('does client credentials', async () => {
    const answer = await oauth.clientCredentialsGrantRequest(as, client, auth, {}, options);
    expect((await oauth.processClientCredentialsResponse(as, client, answer)).token_type).toBe('bearer');
  });
});
