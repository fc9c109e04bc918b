import { systemContext } from '@tollgate/database';
import { UserService } from '@tollgate/identity/server';
import { ClientService } from '@tollgate/oauth/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hiddenFields, signIn, TestBrowser } from '../../test/browser.js';
import {
  allow,
  answerAt,
  authorizePath,
  callback,
  codeFor,
  exchangeCode,
  makeClient,
  verifier,
} from '../../test/code-flow.js';
import type { Registered } from '../../test/key-manager-client.js';
import { admin, ctx, startRig, type Rig } from '../../test/rig.js';

const issuer = 'https://localhost:9443/oauth2/token';
let rig: Rig;
let client: Registered;
let publicClient: Registered;

beforeAll(async () => {
  rig = await startRig();
  client = await makeClient(rig, 'Shop <b>');
  publicClient = await makeClient(rig, 'Phone', 'none');
});
afterAll(() => rig.app.close());

const browser = (headers?: Record<string, string>) => TestBrowser.at(rig.app, headers);

function exchange(code: string, more: Record<string, string> = {}, by = client) {
  return exchangeCode(rig, by, code, more);
}

describe('authorization code with PKCE', () => {
  it('leads over sign-in and consent to tokens', async () => {
    const visitor = browser();
    const page = await visitor.go('GET', authorizePath(client.clientId, { scope: 'openid profile', nonce: 'n-1' }));
    expect(page.status).toBe(200);
    expect(page.text).toContain('to continue to Shop &lt;b&gt;');
    const consent = await signIn(visitor, page, 'admin', admin);
    expect(consent.text).toContain('Shop &lt;b&gt; asks for access');
    expect(consent.text).toContain('read your name and your roles');
    const end = await allow(visitor, consent);
    expect(end.status).toBe(303);
    const answer = answerAt(end);
    expect(end.location?.startsWith(`${callback}?`)).toBe(true);
    const tokens = await exchange(answer.get('code') ?? '');
    expect(tokens).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 3600, scope: 'openid profile', refresh_token: expect.any(String) },
    });
    const keys = createRemoteJWKSet(new URL(`${rig.app.base}/oauth2/jwks`));
    const { payload } = await jwtVerify(String(tokens.body['id_token']), keys, { audience: client.clientId, issuer });
    expect(payload).toMatchObject({
      sub: 'admin@carbon.super',
      nonce: 'n-1',
      amr: ['pwd'],
      acr: 'urn:tollgate:acr:single-factor',
      auth_time: expect.any(Number),
      preferred_username: 'admin',
      sid: expect.any(String),
    });
    const userinfo = await rig.km.send('GET', '/oauth2/userinfo', {
      headers: { authorization: `Bearer ${String(tokens.body['access_token'])}` },
    });
    expect(userinfo).toMatchObject({ status: 200, body: { sub: 'admin@carbon.super', preferred_username: 'admin' } });
  });

  it('R-23 echoes state byte for byte and names the issuer (RFC 9207)', async () => {
    const visitor = browser();
    await codeFor(visitor, client.clientId);
    const again = answerAt(await visitor.go('GET', authorizePath(client.clientId)));
    expect(again.get('state')).toBe('a state&=?é');
    expect(again.get('iss')).toBe(issuer);
    const refused = answerAt(await visitor.go('GET', authorizePath(client.clientId, { response_type: 'token' })));
    expect(Object.fromEntries(refused)).toMatchObject({
      error: 'unsupported_response_type',
      state: 'a state&=?é',
      iss: issuer,
    });
  });

  it.each([
    'https://client.example/cb/',
    'https://client.example/cb?x',
    'https://client.example/CB',
    'https://client.example/cb#x',
    'http://client.example/cb',
    'https://client.example.evil.example/cb',
    'https://evil.example/',
    '//evil.example',
    'javascript:alert(1)',
  ])('R-02 never redirects to %s', async (redirect_uri) => {
    const page = await browser().send('GET', authorizePath(client.clientId, { redirect_uri }));
    expect(page.status).toBe(400);
    expect(page.location).toBeNull();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('return address that is not registered');
    expect(page.text).not.toContain('evil.example');
  });

  it('R-02 never redirects for a client that does not exist or a repeated client or address', async () => {
    for (const path of [
      authorizePath('nobody'),
      `${authorizePath(client.clientId)}&client_id=${client.clientId}`,
      `${authorizePath(client.clientId)}&redirect_uri=https://evil.example`,
    ]) {
      const page = await browser().send('GET', path);
      expect({ status: page.status, location: page.location }).toEqual({ status: 400, location: null });
    }
  });

  it('R-05 asks public clients for PKCE, knows S256 alone, and holds the verifier against it', async () => {
    const errorOf = async (id: string, more: Record<string, string>) =>
      answerAt(await browser().go('GET', authorizePath(id, more))).get('error');
    expect(await errorOf(publicClient.clientId, { code_challenge: '', code_challenge_method: '' })).toBe(
      'invalid_request',
    );
    expect(await errorOf(client.clientId, { code_challenge_method: 'plain' })).toBe('invalid_request');
    expect(await errorOf(client.clientId, { code_challenge_method: '' })).toBe('invalid_request');
    const code = await codeFor(browser(), client.clientId);
    expect(await exchange(code, { code_verifier: 'x'.repeat(43) })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('R-06 lets nobody downgrade PKCE', async () => {
    const withChallenge = await codeFor(browser(), client.clientId);
    const noVerifier = await exchange(withChallenge, { code_verifier: '' });
    expect(noVerifier).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const without = await codeFor(browser(), client.clientId, { code_challenge: '', code_challenge_method: '' });
    expect(await exchange(without)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('R-07 publishes PKCE', async () => {
    const { body } = await rig.km.send('GET', '/oauth2/token/.well-known/openid-configuration');
    expect(body).toMatchObject({
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      response_types_supported: ['code'],
    });
  });

  it('R-08 takes a code once, and ends what it gave when it is shown again', async () => {
    const code = await codeFor(browser(), client.clientId, { scope: 'openid' });
    const first = await exchange(code);
    expect(first.status).toBe(200);
    expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const access = await rig.km.form(
      '/oauth2/introspect',
      { token: String(first.body['access_token']), client_id: client.clientId, client_secret: client.clientSecret },
      undefined,
    );
    expect(access.body).toEqual({ active: false });
    const refreshed = await rig.km.token(client, {
      grant_type: 'refresh_token',
      refresh_token: String(first.body['refresh_token']),
    });
    expect(refreshed).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('R-08 ends the access token of a client that gets no refresh token too', async () => {
    const plain = await rig.app.db.transaction(ctx, async (tx) => {
      const input = {
        name: 'Plain',
        owner: 'admin',
        grantTypes: ['authorization_code'],
        callbackUrls: [callback],
      } as const;
      const made = await rig.app.get(ClientService).create(tx, input);
      return { clientId: made.client.consumerKey, clientSecret: made.secret };
    });
    const code = await codeFor(browser(), plain.clientId);
    const { body } = await exchange(code, {}, plain);
    expect(body).not.toHaveProperty('refresh_token');
    const seen = async () =>
      (await rig.km.token(plain, { token: String(body['access_token']) }, '/oauth2/introspect')).body['active'];
    expect(await seen()).toBe(true);
    await exchange(code, {}, plain);
    expect(await seen()).toBe(false);
  });

  it('R-09 binds a code to its client, its redirect URI and a minute', async () => {
    const invalid = { status: 400, body: { error: 'invalid_grant' } };
    const code = await codeFor(browser(), client.clientId);
    expect(await exchange(code, {}, await rig.registered('other', 'authorization_code'))).toMatchObject(invalid);
    expect(await exchange(code, { redirect_uri: 'https://client.example/other' })).toMatchObject(invalid);
    expect(await exchange(code, { redirect_uri: '' })).toMatchObject(invalid);
    rig.app.clock.advanceMs(60_001);
    expect(await exchange(code)).toMatchObject(invalid);
  });

  it('R-10 V-12 a code dies with its user', async () => {
    const users = rig.app.get(UserService);
    await users.create(ctx, { userName: 'gone', password: 'gone-with-the-password' });
    const code = await codeFor(browser(), client.clientId, {}, ['gone', 'gone-with-the-password']);
    await users.update(systemContext('carbon.super'), 'gone', { status: 'LOCKED' });
    expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('R-11 offers neither implicit nor hybrid', async () => {
    for (const response_type of ['token', 'id_token', 'code token', 'none']) {
      const answer = answerAt(await browser().go('GET', authorizePath(client.clientId, { response_type })));
      expect(answer.get('error')).toBe('unsupported_response_type');
    }
  });

  it('R-13 V-24 a public client exchanges codes and refreshes, but never acts for itself', async () => {
    const own = { client_id: publicClient.clientId };
    const code = await codeFor(browser(), publicClient.clientId, { scope: 'openid' });
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier, ...own };
    const tokens = await rig.km.form('/oauth2/token', form);
    expect(tokens.status).toBe(200);
    const refresh_token = String(tokens.body['refresh_token']);
    const refreshed = await rig.km.form('/oauth2/token', { grant_type: 'refresh_token', refresh_token, ...own });
    expect(refreshed.status).toBe(200);
    const alone = await rig.km.form('/oauth2/token', { grant_type: 'client_credentials', ...own });
    expect(alone).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    const withSecret = await rig.km.token(publicClient, { grant_type: 'client_credentials' });
    expect(withSecret).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const confidential = await rig.km.form('/oauth2/token', { ...form, client_id: client.clientId });
    expect(confidential).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});

describe('the person', () => {
  it('R-04 is never redirected in a way that repeats the form', async () => {
    const visitor = browser();
    const page = await visitor.go('GET', authorizePath(client.clientId));
    const form = { ...hiddenFields(page), action: 'step', username: 'admin', password: admin };
    expect((await visitor.send('POST', page.at, form)).status).toBe(303);
  });

  it('R-25 sees pages that nobody frames, without inline script or style', async () => {
    const visitor = browser();
    const pages = [await visitor.go('GET', authorizePath(client.clientId))];
    pages.push(await signIn(visitor, pages[0] as never, 'admin', 'wrong-password'));
    pages.push((await visitor.send('GET', authorizePath('nobody'))) as never);
    for (const page of pages) {
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      expect(page.text).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
      expect(page.headers.get('cache-control')).toBe('no-store');
      for (const [, address = ''] of page.text.matchAll(/(?:href|src)="(\/[^"]+)"/g))
        expect((await visitor.send('GET', address)).status).toBe(200);
    }
  });

  it('R-31 is not signed in or made to consent by another site', async () => {
    const visitor = browser();
    const page = await visitor.go('GET', authorizePath(client.clientId));
    const form = { step: 'password', action: 'step', username: 'admin', password: admin };
    expect((await visitor.send('POST', page.at, form)).status).toBe(403);
    const token = String(hiddenFields(page)['token']);
    expect((await visitor.send('POST', page.at, { ...form, token: token.replace(/^./, '_') })).status).toBe(403);
    const crossSite = browser({ 'sec-fetch-site': 'cross-site' });
    for (const name of ['__Host-tollgate-browser'] as const) crossSite.setCookie(name, visitor.cookie(name) ?? '');
    expect((await crossSite.send('POST', page.at, { ...form, token })).status).toBe(403);
    const stranger = browser();
    expect((await stranger.send('GET', page.at)).status).toBe(403);
    expect((await visitor.send('POST', page.at, { ...form, token })).status).toBe(303);
  });

  it('gets one text for a wrong password and an unknown name, and the name back', async () => {
    const visitor = browser();
    const page = await visitor.go('GET', authorizePath(client.clientId));
    const wrong = await signIn(visitor, page, 'admin', 'wrong-password');
    const unknown = await signIn(visitor, page, 'nob"ody', 'wrong-password');
    for (const answer of [wrong, unknown]) expect(answer.text).toContain('The user name or the password is not right.');
    expect(unknown.text).toContain('value="nob&quot;ody"');
    expect(unknown.text).not.toContain('wrong-password');
  });

  it('signs in once for several clients, unless the client asks for more', async () => {
    const visitor = browser();
    await codeFor(visitor, client.clientId);
    const other = await visitor.go('GET', authorizePath(publicClient.clientId));
    expect(other.text).toContain('Phone asks for access');
    const silent = await visitor.go('GET', authorizePath(client.clientId, { prompt: 'none' }));
    expect(answerAt(silent).get('code')).toEqual(expect.any(String));
    const login = await visitor.go('GET', authorizePath(client.clientId, { prompt: 'login' }));
    expect(login.text).toContain('name="password"');
    expect(answerAt(await signIn(visitor, login, 'admin', admin)).get('code')).toEqual(expect.any(String));
    const consent = await visitor.go('GET', authorizePath(client.clientId, { prompt: 'consent' }));
    expect(consent.text).toContain('asks for access');
    rig.app.clock.advanceMs(11_000);
    const aged = await visitor.go('GET', authorizePath(client.clientId, { max_age: '10' }));
    expect(aged.text).toContain('name="password"');
  });

  it('is not asked with prompt=none', async () => {
    const nobody = await browser().go('GET', authorizePath(client.clientId, { prompt: 'none' }));
    expect(answerAt(nobody).get('error')).toBe('login_required');
    const visitor = browser();
    await codeFor(visitor, client.clientId);
    const unasked = await visitor.go('GET', authorizePath(publicClient.clientId, { prompt: 'none' }));
    expect(answerAt(unasked).get('error')).toBe('consent_required');
    const both = await browser().go('GET', authorizePath(client.clientId, { prompt: 'none login' }));
    expect(answerAt(both).get('error')).toBe('invalid_request');
  });

  it('may deny', async () => {
    const visitor = browser();
    const consent = await signIn(
      visitor,
      await visitor.go('GET', authorizePath(publicClient.clientId)),
      'admin',
      admin,
    );
    const denied = await visitor.go('POST', consent.at, { ...hiddenFields(consent), action: 'deny' });
    expect(answerAt(denied).get('error')).toBe('access_denied');
    expect((await visitor.send('GET', consent.at)).status).toBe(410);
  });

  it.each([
    [{ 'accept-language': 'zh-TW,zh;q=0.9' }, {}, 'zh-Hant', '登入'],
    [{ 'accept-language': 'zh-CN' }, {}, 'zh-Hans', '登录'],
    [{ 'accept-language': 'fr, zh-CN;q=0' }, {}, 'en', 'Sign in'],
    [{ 'accept-language': 'en' }, { ui_locales: 'xx zh-Hant' }, 'zh-Hant', '登入'],
  ])('reads it in %j %j', async (headers, more, lang, title) => {
    const page = await browser(headers).go('GET', authorizePath(client.clientId, more as Record<string, string>));
    expect(page.text).toContain(`<html lang="${lang}">`);
    expect(page.text).toContain(`<h1>${title}</h1>`);
  });

  it('is answered by a form of its own with response_mode=form_post', async () => {
    const visitor = browser();
    await codeFor(visitor, client.clientId);
    const page = await visitor.go('GET', authorizePath(client.clientId, { response_mode: 'form_post' }));
    expect(page.status).toBe(200);
    expect(page.text).toContain(`<form method="post" action="${callback}" data-submit>`);
    expect(hiddenFields(page)).toMatchObject({ code: expect.any(String), state: 'a state&=?é', iss: issuer });
    expect(page.text).not.toMatch(/<script(?![^>]*src=)/);
  });

  it('of a tenant signs in at the tenant, and only there or at what serves all', async () => {
    const base = '/t/tenant1.example/oauth2';
    const visitor = browser();
    const page = await visitor.go('GET', authorizePath(client.clientId, {}, base));
    const consent = await signIn(visitor, page, 'admin', 'tenant-password');
    expect(consent.text).toContain('Signed in as admin@tenant1.example');
    expect(answerAt(await allow(visitor, consent)).get('iss')).toBe(
      'https://localhost:9443/t/tenant1.example/oauth2/token',
    );
    const wrongPlace = browser();
    const there = await wrongPlace.go('GET', authorizePath(client.clientId, {}, base));
    expect((await signIn(wrongPlace, there, 'admin@carbon.super', admin)).text).toContain('cannot be used');
    expect((await browser().send('GET', authorizePath(client.clientId, {}, '/t/nowhere.example/oauth2'))).status).toBe(
      404,
    );
  });

  it('R-03 R-60 keeps a session cookie that only this host gets', async () => {
    const visitor = browser();
    const page = await visitor.go('GET', authorizePath(client.clientId));
    const form = { ...hiddenFields(page), action: 'step', username: 'admin', password: admin };
    const answer = await visitor.send('POST', page.at, form);
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('__Host-tollgate-session='));
    expect(cookie).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  });
});
