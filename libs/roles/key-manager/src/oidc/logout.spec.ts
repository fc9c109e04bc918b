import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hiddenFields, TestBrowser } from '../../test/browser.js';
import { authorizePath, codeFor, exchangeCode, makeClient, postLogoutUri } from '../../test/code-flow.js';
import type { Registered } from '../../test/key-manager-client.js';
import { startRig, type Rig } from '../../test/rig.js';

let rig: Rig;
let client: Registered;

beforeAll(async () => {
  rig = await startRig();
  client = await makeClient(rig, 'Shop');
});
afterAll(() => rig.app.close());

describe('signing out', () => {
  async function signedIn() {
    const visitor = TestBrowser.at(rig.app);
    const code = await codeFor(visitor, client.clientId, { scope: 'openid' });
    const tokens = await exchangeCode(rig, client, code);
    const refresh = () =>
      rig.km.token(client, { grant_type: 'refresh_token', refresh_token: String(tokens.body['refresh_token']) });
    return { visitor, hint: String(tokens.body['id_token']), refresh };
  }

  it('by the client of this session is done at once, and ends its grants', async () => {
    const { visitor, hint, refresh } = await signedIn();
    const parameters = { id_token_hint: hint, post_logout_redirect_uri: postLogoutUri, state: 's 1' };
    const answer = await visitor.send('GET', `/oidc/logout?${new URLSearchParams(parameters)}`);
    expect({ status: answer.status, location: answer.location }).toEqual({
      status: 303,
      location: 'https://client.example/bye?state=s+1',
    });
    expect(await refresh()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await visitor.go('GET', authorizePath(client.clientId))).text).toContain('name="password"');
  });

  it('asks the person when nothing proves the session', async () => {
    const { visitor, refresh } = await signedIn();
    const page = await visitor.go('GET', '/oidc/logout');
    expect(page.text).toContain('Sign out?');
    expect((await visitor.send('POST', '/oidc/logout', { action: 'here', token: 'x' })).text).toContain('Sign out?');
    const done = await visitor.send('POST', '/oidc/logout', { ...hiddenFields(page), action: 'everywhere' });
    expect(done.text).toContain('You are signed out');
    expect(await refresh()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it.each(['https://client.example/bye/', 'https://evil.example/', '//evil.example', 'javascript:alert(1)'])(
    'R-03 never leads to %s',
    async (uri) => {
      const { visitor, hint } = await signedIn();
      const query = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: uri });
      const answer = await visitor.send('GET', `/oidc/logout?${query}`);
      expect({ status: answer.status, location: answer.location }).toEqual({ status: 400, location: null });
    },
  );
});
