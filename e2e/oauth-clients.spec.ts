import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as client from 'openid-client';
import { deviceCode, refreshTokens, type Server } from './support/oauth-server.js';
import { peerServer } from './support/oauth-peer.js';
import { tollgateServer } from './support/oauth-tollgate.js';

/** The same calls by a client that is not ours, against us and against a server that is not ours. */
describe.each([
  { name: 'Tollgate', start: tollgateServer },
  { name: 'oidc-provider', start: peerServer },
])('openid-client against $name', ({ start }) => {
  let server: Server;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  async function authorized(config: client.Configuration, url: URL, verifier: string) {
    const callback = await server.person.authorize(url);
    return client.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: url.searchParams.get('state') ?? client.skipStateCheck,
      expectedNonce: 'a-nonce',
      idTokenExpected: true,
    });
  }

  async function request(config: client.Configuration, verifier: string, more: Record<string, string> = {}) {
    return {
      redirect_uri: server.redirectUri,
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce: 'a-nonce',
      ...more,
    };
  }

  it.each(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const)(
    'discovery, code with PKCE, userinfo, refresh and logout with %s',
    async (method) => {
      const config = await server.client(method);
      expect(config.serverMetadata().supportsPKCE()).toBe(true);
      const verifier = client.randomPKCECodeVerifier();
      const parameters = await request(config, verifier, { state: client.randomState() });
      const tokens = await authorized(config, client.buildAuthorizationUrl(config, parameters), verifier);
      const claims = tokens.claims();
      expect(claims).toMatchObject({ nonce: 'a-nonce', auth_time: expect.any(Number) });
      const info = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
      expect(info.sub).toBe(claims?.sub);
      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(refreshed.access_token).not.toBe(tokens.access_token);
      const again = refreshTokens(config, tokens.refresh_token ?? '');
      await expect(again).rejects.toMatchObject({ error: 'invalid_grant' });
      const end = client.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token ?? '',
        post_logout_redirect_uri: server.postLogoutUri,
        state: 'bye',
      });
      const left = await server.person.signOut(end);
      expect(left.href).toBe(`${server.postLogoutUri}?state=bye`);
    },
  );

  it('pushed authorization request', async () => {
    const config = await server.client('client_secret_basic');
    const verifier = client.randomPKCECodeVerifier();
    const url = await client.buildAuthorizationUrlWithPAR(config, await request(config, verifier));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: config.clientMetadata().client_id,
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:/),
    });
    const tokens = await authorized(config, url, verifier);
    expect(tokens.token_type).toBe('bearer');
    await server.person.forget();
  });

  it('client credentials, introspection and revocation', async () => {
    const config = await server.client('client_secret_basic');
    const tokens = await client.clientCredentialsGrant(config);
    expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true });
    await client.tokenRevocation(config, tokens.access_token);
    expect(await client.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
    await client.tokenRevocation(config, 'not a token');
  });

  it('tokens bound to a key (DPoP)', async () => {
    const config = await server.client('none');
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, await request(config, verifier));
    const callback = await server.person.authorize(url);
    const checks = { pkceCodeVerifier: verifier, expectedNonce: 'a-nonce' };
    const tokens = await client.authorizationCodeGrant(config, callback, checks, {}, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const subject = tokens.claims()?.sub ?? '';
    expect((await client.fetchUserInfo(config, tokens.access_token, subject, { DPoP })).sub).toBe(subject);
    await expect(client.fetchUserInfo(config, tokens.access_token, subject)).rejects.toMatchObject({ status: 401 });
    const token = tokens.refresh_token ?? '';
    await expect(refreshTokens(config, token)).rejects.toMatchObject({ error: expect.stringMatching(/^invalid_/) });
    const refreshed = await client.refreshTokenGrant(config, token, {}, { DPoP });
    expect(refreshed.token_type).toBe('dpop');
    await server.person.forget();
  });

  it.each(['tls_client_auth', 'self_signed_tls_client_auth'] as const)(
    '%s over mutual TLS, with tokens bound to the certificate',
    async (method) => {
      const { config, withAnother, thumbprint, ...made } = await server.certified(method);
      const tokens = await client.clientCredentialsGrant(config);
      const seen = await client.tokenIntrospection(config, tokens.access_token);
      expect(seen).toMatchObject({ active: true, cnf: { 'x5t#S256': thumbprint } });
      const url = await client.buildAuthorizationUrlWithPAR(config, await request(config, 'v'.repeat(43)));
      expect(url.searchParams.get('request_uri')).toEqual(expect.any(String));
      await expect(client.clientCredentialsGrant(withAnother)).rejects.toMatchObject({ status: 401 });
      await expect(client.tokenRevocation(withAnother, tokens.access_token)).rejects.toThrow();
      await client.tokenRevocation(config, tokens.access_token);
      expect(await client.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
      await made.close();
    },
  );

  it('device code', async () => {
    const config = await server.client('none');
    const started = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
    const early = deviceCode(config, started.device_code);
    await expect(early).rejects.toMatchObject({ error: 'authorization_pending' });
    await server.person.connectDevice(new URL(started.verification_uri_complete ?? ''));
    const tokens = await client.pollDeviceAuthorizationGrant(config, started);
    expect(tokens.claims()?.sub).toEqual(expect.any(String));
    await expect(deviceCode(config, started.device_code)).rejects.toMatchObject({ error: 'invalid_grant' });
    await server.person.forget();
  });

  it('dynamic registration', async () => {
    const config = await server.register({
      client_name: 'Registered',
      redirect_uris: [server.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
    });
    const { client_id: id, client_secret: secret } = config.clientMetadata();
    expect({ id, secret }).toEqual({ id: expect.any(String), secret: expect.any(String) });
    const refused = server.register({ redirect_uris: ['javascript:alert(1)'] });
    await expect(refused).rejects.toMatchObject({
      error: expect.stringMatching(/^invalid_(redirect_uri|client_metadata)$/),
    });
  });
});
