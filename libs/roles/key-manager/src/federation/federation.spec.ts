import { AuditLog, UserReader, UserService } from '@tollgate/identity/server';
import {
  FederatedAccounts,
  IdentityProviders,
  ProviderSignIn,
  SignInSessions,
  type IdentityProvider,
  type IdentityProviderInput,
} from '@tollgate/oauth/server';
import { systemContext } from '@tollgate/database';
import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestBrowser, type PageAnswer } from '../../test/browser.js';
import { allow, answerAt, authorizePath, exchangeCode, makeClient } from '../../test/code-flow.js';
import type { Registered } from '../../test/key-manager-client.js';
import { providerClient, startPeopleProvider, type PeopleProvider } from '../../test/people-provider.js';
import { ctx, startRig, type Rig } from '../../test/rig.js';
import { startTwistedProvider, type Twist, type TwistedProvider } from '../../test/twisted-provider.js';

type Page = PageAnswer & { readonly at: string };
const tenant = 'tenant1.example';
let rig: Rig;
let client: Registered;
let people: PeopleProvider;
let twisted: TwistedProvider;
let corp: IdentityProvider;

beforeAll(async () => {
  rig = await startRig('[tollgate.identity.second_factor]\nrequired_for_roles = ["Internal/publisher"]\n');
  client = await makeClient(rig, 'Shop');
  const redirectUri = (name: string, organization = 'carbon.super'): string =>
    rig.app.get(ProviderSignIn).redirectUri({ name, organization });
  people = await startPeopleProvider([
    redirectUri('corp'),
    redirectUri('corp', tenant),
    redirectUri('strict'),
    redirectUri('trusted'),
  ]);
  twisted = await startTwistedProvider();
  corp = await register('corp', people.issuer);
  await register('strict', people.issuer, { createsUsers: false });
  await register('trusted', people.issuer, { trustsSecondFactor: true });
  await register('evil', twisted.issuer, { clientId: 'us' });
});
afterAll(async () => {
  await rig.app.close();
  await people.stop();
  await twisted.stop();
});

function register(
  name: string,
  issuer: string,
  changes: Partial<IdentityProviderInput['settings']> = {},
  organization = 'carbon.super',
): Promise<IdentityProvider> {
  const settings = {
    displayName: `The ${name}`,
    issuer,
    wellKnownEndpoint: `${issuer}/.well-known/openid-configuration`,
    clientId: providerClient.id,
    scopes: ['openid', 'profile', 'email'],
    userNameClaim: 'preferred_username',
    emailClaim: 'email',
    groupsClaim: 'groups',
    roleMappings: [
      { group: 'makers', role: 'Internal/creator' },
      { group: 'guards', role: 'Internal/publisher' },
    ],
    createsUsers: true,
    newUserRoles: ['Internal/subscriber'],
    trustsSecondFactor: false,
    ...changes,
  };
  const input = { name, enabled: true, settings, clientSecret: providerClient.secret };
  return rig.app.get(IdentityProviders).create(systemContext(organization), input);
}

/** Presses the button of a provider. @returns where the browser goes */
async function leave(browser: TestBrowser, name: string, path = authorizePath(client.clientId)): Promise<URL> {
  const page = await browser.go('GET', path);
  const href = new RegExp(`href="(/oauth2/interaction/[^"]+/federation/${name})"`).exec(page.text)?.[1];
  if (href === undefined) throw new Error(`No button: ${page.text.slice(0, 3000)}`);
  const { location } = await browser.send('GET', href);
  return new URL(location ?? '');
}

/** The browser comes back with an answer of the provider. */
const comeBack = (browser: TestBrowser, { pathname, search }: URL): Promise<Page> =>
  browser.go('GET', pathname + search);

/** Signs in at the real provider and comes back. */
async function through(browser: TestBrowser, name: string, subject: string, path?: string): Promise<Page> {
  return comeBack(browser, await people.signIn((await leave(browser, name, path)).href, subject));
}

const alertIn = ({ text }: PageAnswer): string | undefined => /role="alert"[^>]*>([^<]*)</.exec(text)?.[1];
const find = (userName: string, organization = 'carbon.super') =>
  rig.app.get(UserReader).find(organization, userName, systemContext(organization));

async function tokensOf(browser: TestBrowser, page: Page) {
  const code = answerAt(page.text.includes('value="allow"') ? await allow(browser, page) : page).get('code');
  const answer = await exchangeCode(rig, client, code ?? '');
  return decodeJwt(String(answer.body['id_token']));
}

describe('an identity provider', () => {
  it('signs a person in, who gets an account with the roles of the groups (OpenID Connect Core 3.1)', async () => {
    people.claims.set('s-1', {
      preferred_username: 'iris@corp.example',
      groups: ['makers', 'others'],
      email: 'i@corp',
    });
    const browser = TestBrowser.at(rig.app);
    const to = await leave(browser, 'corp');
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: 'https://localhost:9443/oauth2/federation/corp',
      scope: 'openid profile email',
    });
    const page = await comeBack(browser, await people.signIn(to.href, 's-1'));
    expect(page.text).toContain('value="allow"');
    expect(await find('iris.corp.example')).toMatchObject({
      roles: ['Internal/creator', 'Internal/everyone', 'Internal/subscriber'],
      email: 'i@corp',
    });
    const claims = await tokensOf(
      browser,
      await browser.go('GET', authorizePath(client.clientId, { scope: 'openid' })),
    );
    expect(claims).toMatchObject({ sub: 'iris.corp.example@carbon.super', amr: ['fed'] });
    const [event] = (
      await rig.app
        .get(AuditLog)
        .list(ctx, { action: 'sign-in', fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 1, offset: 0 })
    ).rows;
    expect(event).toMatchObject({
      actor: 'iris.corp.example',
      outcome: 'SUCCESS',
      target: { identityProvider: 'corp' },
    });
  });

  it('knows the person again by the subject, and takes roles back with the groups', async () => {
    people.claims.set('s-1', { preferred_username: 'another-name', groups: ['nothing'] });
    await through(TestBrowser.at(rig.app), 'corp', 's-1');
    expect((await find('iris.corp.example'))?.roles).toEqual(['Internal/everyone', 'Internal/subscriber']);
    expect(await find('another-name')).toBeNull();
  });

  it('gives accounts that no password opens, and that no mail gives one', async () => {
    for (const password of ['', 'anything'])
      expect(await rig.app.get(UserService).verifyPassword('carbon.super', 'iris.corp.example', password)).toBeNull();
  });

  it.each([
    ['a local user', 'nora'],
    ['the administrator', 'admin'],
    ['a user of the same mail address', 'carl'],
  ])('V-66 does not take the account of %s', async (_, userName) => {
    const before = await find(userName);
    people.claims.set(`s-${userName}`, { preferred_username: userName, email: 'carl@example', groups: ['makers'] });
    const browser = TestBrowser.at(rig.app);
    const page = await through(browser, 'corp', `s-${userName}`);
    expect(alertIn(page)).toContain('Somebody else has an account here under your name at The corp.');
    expect(browser.cookie('__Host-tollgate-session')).toBeUndefined();
    expect(await find(userName)).toEqual(before);
  });

  it('V-66 takes the same subject at two providers for two persons', async () => {
    people.claims.set('s-2', { preferred_username: 'pat' });
    await through(TestBrowser.at(rig.app), 'corp', 's-2');
    expect(alertIn(await through(TestBrowser.at(rig.app), 'trusted', 's-2'))).toContain('Somebody else has an account');
    people.claims.set('s-2', { preferred_username: 'pat-too' });
    await through(TestBrowser.at(rig.app), 'trusted', 's-2');
    expect((await find('pat'))?.uuid).not.toBe((await find('pat-too'))?.uuid);
  });

  it('V-66 does not take another user of the same name for the one who was deleted', async () => {
    people.claims.set('s-3', { preferred_username: 'dora' });
    await through(TestBrowser.at(rig.app), 'corp', 's-3');
    await rig.removeUser('dora');
    await rig.addUser('dora', 'dora-password-1', { roles: ['Internal/creator'] });
    expect(alertIn(await through(TestBrowser.at(rig.app), 'corp', 's-3'))).toContain('Somebody else has an account');
  });

  it('lets in only those whom an administrator has linked, where it makes no accounts', async () => {
    people.claims.set('s-4', { preferred_username: 'carl', groups: ['makers'] });
    expect(alertIn(await through(TestBrowser.at(rig.app), 'strict', 's-4'))).toContain('has no account here');
    const strict = (await rig.app.get(IdentityProviders).findOffered('carbon.super', 'strict')) as IdentityProvider;
    const accounts = rig.app.get(FederatedAccounts);
    await accounts.link(ctx, strict, 's-4', 'nora');
    await expect(accounts.link(ctx, strict, 's-4', 'carl')).rejects.toMatchObject({ code: 'SUBJECT_LINKED' });
    const browser = TestBrowser.at(rig.app);
    const page = await through(browser, 'strict', 's-4', authorizePath(client.clientId, { scope: 'openid' }));
    expect((await tokensOf(browser, page))['sub']).toBe('nora@carbon.super');
    expect((await find('nora'))?.roles).toEqual(['Internal/everyone']); // roles of accounts that were here are given here
    const [link] = await accounts.list(ctx, strict);
    await accounts.unlink(ctx, strict, link?.uuid ?? '');
    expect(await rig.app.get(SignInSessions).list('carbon.super', 'nora')).toEqual([]);
    expect(alertIn(await through(TestBrowser.at(rig.app), 'strict', 's-4'))).toContain('has no account here');
  });

  it.each(['LOCKED', 'DISABLED'] as const)('does not let in a user who is %s', async (status) => {
    const userName = `out-${status.toLowerCase()}`;
    people.claims.set(userName, { preferred_username: userName });
    await through(TestBrowser.at(rig.app), 'corp', userName);
    await rig.app.get(UserService).update(ctx, userName, { status });
    expect(alertIn(await through(TestBrowser.at(rig.app), 'corp', userName))).toContain('cannot be used now');
  });

  it('asks for a second factor here where a role needs one, unless the provider is trusted with it', async () => {
    people.claims.set('s-5', { preferred_username: 'vera', groups: ['guards'] });
    expect((await through(TestBrowser.at(rig.app), 'corp', 's-5')).text).toContain('name="code"');
    people.claims.set('s-6', { preferred_username: 'viktor', groups: ['guards'] });
    expect((await through(TestBrowser.at(rig.app), 'trusted', 's-6')).text).toContain('name="code"');
  });

  it('is asked to let the person sign in anew when the client wants that, and has to say when it was', async () => {
    const wish = authorizePath(client.clientId, { prompt: 'login', max_age: '60', scope: 'openid' });
    const browser = TestBrowser.at(rig.app);
    const to = await leave(browser, 'corp', wish);
    expect(Object.fromEntries(to.searchParams)).toMatchObject({ prompt: 'login', max_age: '60' });
    const page = await comeBack(browser, await people.signIn(to.href, 's-1'));
    expect((await tokensOf(browser, page))['auth_time']).toBeGreaterThan(Date.now() / 1000 - 60);
  });

  it('begins sessions that are listed and ended as others, and end with the provider', async () => {
    people.claims.set('s-7', { preferred_username: 'sam' });
    const browser = TestBrowser.at(rig.app);
    await through(browser, 'corp', 's-7', '/oauth2/account');
    const sessions = () => rig.app.get(SignInSessions).list('carbon.super', 'sam');
    expect(await sessions()).toMatchObject([{ identityProvider: corp.uuid, amr: ['fed'] }]);
    const providers = rig.app.get(IdentityProviders);
    const input = { name: 'corp', settings: corp.settings, clientSecret: undefined };
    await providers.update(ctx, corp.uuid, { ...input, enabled: false });
    expect(await sessions()).toEqual([]);
    expect((await browser.go('GET', '/oauth2/account')).text).not.toContain('federation/corp');
    await providers.update(ctx, corp.uuid, { ...input, enabled: true });
  });

  it('belongs to one organization: its users sign in at the pages of that one alone', async () => {
    await register('corp', people.issuer, {}, tenant);
    const account = `/t/${tenant}/oauth2/account`;
    people.claims.set('s-1', { preferred_username: 'admin' });
    people.claims.set('s-8', { preferred_username: 'iris.corp.example' });
    expect(alertIn(await through(TestBrowser.at(rig.app), 'corp', 's-1', account))).toContain('Somebody else');
    const browser = TestBrowser.at(rig.app);
    await through(browser, 'corp', 's-8', account);
    expect(await find('iris.corp.example', tenant)).toMatchObject({ organization: tenant });
    // An answer for the tenant does not count at the pages of the super organization, nor the other way round.
    const back = await people.signIn((await leave(TestBrowser.at(rig.app), 'corp')).href, 's-8');
    back.pathname = `/t/${tenant}/oauth2/federation/corp`;
    expect((await comeBack(browser, back)).status).toBe(403);
  });

  it('is asked with the language and the look of the pages, without a script', async () => {
    const reader = TestBrowser.at(rig.app, { 'accept-language': 'zh-Hant' });
    const page = await reader.go('GET', authorizePath(client.clientId));
    expect(page.text).toContain('使用 The corp 登入');
    expect(page.text).not.toMatch(/<script(?![^>]*src=)/);
  });
});

const without =
  (name: string) =>
  (right: JWTPayload): JWTPayload =>
    Object.fromEntries(Object.entries(right).filter(([key]) => key !== name));

/** Leaves for the twisted provider, which will answer so. @returns what it was asked */
async function askTwisted(browser: TestBrowser, twist: Twist): Promise<URLSearchParams> {
  const { searchParams } = await leave(browser, 'evil');
  twisted.set({ nonce: searchParams.get('nonce') ?? '', clientId: 'us' }, twist);
  return searchParams;
}

const answerOf = (asked: URLSearchParams, changes: Record<string, string> = {}): Promise<URLSearchParams> =>
  Promise.resolve(
    new URLSearchParams({ code: 'a-code', state: asked.get('state') ?? '', iss: twisted.issuer, ...changes }),
  );

async function answerTwisted(browser: TestBrowser, asked: URLSearchParams, changes: Record<string, string> = {}) {
  return browser.go('GET', `/oauth2/federation/evil?${await answerOf(asked, changes)}`);
}

describe('V-66 an answer of a provider that is none', () => {
  it('is told from a right one, which the same provider can give', async () => {
    const browser = TestBrowser.at(rig.app);
    const page = await answerTwisted(browser, await askTwisted(browser, {}));
    expect(page.text).toContain('value="allow"');
  });

  const past = Math.floor(Date.now() / 1000) - 3600;
  it.each<[string, Twist]>([
    ['another nonce', { claims: (right) => ({ ...right, nonce: 'another' }) }],
    ['no nonce', { claims: without('nonce') }],
    ['another issuer', { claims: (right) => ({ ...right, iss: 'https://other.example' }) }],
    ['another audience', { claims: (right) => ({ ...right, aud: 'another-client' }) }],
    ['no audience', { claims: without('aud') }],
    ['several audiences and no azp', { claims: (right) => ({ ...right, aud: ['us', 'them'] }) }],
    ['the azp of another client', { claims: (right) => ({ ...right, azp: 'them' }) }],
    ['an end in the past', { claims: (right) => ({ ...right, exp: past }) }],
    ['no end', { claims: without('exp') }],
    ['an issue long ago', { claims: (right) => ({ ...right, iat: past - 3600 }) }],
    ['an issue to come', { claims: (right) => ({ ...right, iat: past + 7200 }) }],
    ['no issue time', { claims: without('iat') }],
    ['a start to come', { claims: (right) => ({ ...right, nbf: past + 7200 }) }],
    ['no subject', { claims: without('sub') }],
    ['a subject that is no text', { claims: (right) => ({ ...right, sub: 7 as never }) }],
    ['a subject with a space at the end', { claims: (right) => ({ ...right, sub: 'eve ' }) }],
    ['a subject longer than 255', { claims: (right) => ({ ...right, sub: 'e'.repeat(256) }) }],
    ['alg none', { signed: 'none' }],
    ['HS256 with the public key', { signed: 'public' }],
    ['the signature of another key', { signed: 'foreign' }],
    ['an unknown kid', { header: { kid: 'unknown' } }],
    ['the type of an access token', { header: { typ: 'at+jwt' } }],
    ['the type of a logout token', { header: { typ: 'logout+jwt' } }],
    ['a critical header', { header: { crit: ['made-up'], 'made-up': true } }],
    ['keys that are none', { keys: '{"keys":[{"kty":"oct","k":"AAAA","kid":"twisted"}]}' }],
    ['keys that are no JSON', { keys: '<html>' }],
    ['userinfo of somebody else', { userInfo: { sub: 'nora' } }],
    ['no ID token', { token: { status: 200, body: { access_token: 'a' } } }],
    ['an ID token that is none', { token: { status: 200, body: { id_token: 'a.b.c' } } }],
    ['an error of the token endpoint', { token: { status: 400, body: { error: 'invalid_grant' } } }],
  ])('carries %s', async (_, twist) => {
    const browser = TestBrowser.at(rig.app);
    const page = await answerTwisted(browser, await askTwisted(browser, twist));
    expect(alertIn(page)).toContain('What The evil answered cannot be taken as a sign-in.');
    expect(page.text).not.toContain('value="allow"');
    expect(browser.cookie('__Host-tollgate-session')).toBeUndefined();
  });

  it.each([
    ['another', { iss: 'https://other.example' }],
    ['no', { iss: '' }],
  ])('carries %s issuer: a code of another server goes nowhere (RFC 9207)', async (_, changes) => {
    const browser = TestBrowser.at(rig.app);
    const asked = await askTwisted(browser, {});
    const before = twisted.exchanges.length;
    expect(alertIn(await answerTwisted(browser, asked, changes))).toContain('cannot be taken');
    expect(twisted.exchanges.length).toBe(before);
  });

  it('comes a second time with the same state', async () => {
    const browser = TestBrowser.at(rig.app);
    const asked = await askTwisted(browser, {});
    await answerTwisted(browser, asked, { code: '', error: 'access_denied' });
    const exchanged = twisted.exchanges.length;
    expect((await answerTwisted(browser, asked)).status).toBe(403);
    expect(twisted.exchanges.length).toBe(exchanged);
  });

  it('comes to another browser (login CSRF)', async () => {
    const attacker = TestBrowser.at(rig.app);
    const asked = await askTwisted(attacker, {});
    const victim = TestBrowser.at(rig.app);
    await victim.go('GET', authorizePath(client.clientId));
    expect((await answerTwisted(victim, asked)).status).toBe(403);
    expect(victim.cookie('__Host-tollgate-session')).toBeUndefined();
  });

  it('carries the state of another provider, a changed one, one too late, or none', async () => {
    const browser = TestBrowser.at(rig.app);
    const asked = await askTwisted(browser, {});
    expect((await browser.go('GET', `/oauth2/federation/corp?${await answerOf(asked)}`)).status).toBe(403);
    const state = asked.get('state') ?? '';
    for (const bad of [`${state}0`, state.replace(/.$/, (last) => (last === '0' ? '1' : '0')), ''])
      expect([400, 403]).toContain((await answerTwisted(browser, asked, { state: bad })).status);
    const twice = `/oauth2/federation/evil?${await answerOf(asked)}&state=${encodeURIComponent(state)}`;
    expect((await browser.go('GET', twice)).status).toBe(400);
    rig.app.clock.advanceMs(11 * 60_000);
    expect((await answerTwisted(browser, asked)).status).toBe(403);
    rig.app.clock.advanceMs(-11 * 60_000);
  });

  it('is an error: the person is told on the sign-in page, and can go on with a password', async () => {
    const browser = TestBrowser.at(rig.app);
    const asked = await askTwisted(browser, {});
    const page = await answerTwisted(browser, asked, { code: '', error: 'access_denied' });
    expect(alertIn(page)).toBe('You did not sign in at The evil. Try again, or sign in another way.');
    expect(page.text).toContain('name="password"');
    expect(alertIn(await browser.go('GET', page.at))).toBeUndefined(); // said once
  });

  it('is none because the provider is down: a page says so', async () => {
    const browser = TestBrowser.at(rig.app);
    const asked = await askTwisted(browser, {});
    await twisted.stop();
    const page = await answerTwisted(browser, asked);
    expect(page.status).toBe(200);
    expect(alertIn(page)).toContain('The evil does not answer now.');
    await twisted.start();
  });

  it('names a mail address that is not verified: it is not kept', async () => {
    const claims = { preferred_username: 'mallory', email: 'nora@example', email_verified: false, sub: 'm-1' };
    const browser = TestBrowser.at(rig.app);
    const asked = await askTwisted(browser, { claims: (right) => ({ ...right, ...claims }), userInfo: { sub: 'm-1' } });
    await answerTwisted(browser, asked);
    expect(await find('mallory')).toMatchObject({ email: '' });
  });

  it('proves a second factor only where the administrators trust it with that', async () => {
    const twist: Twist = {
      claims: (right) => ({ ...right, sub: 'm-2', amr: ['pwd', 'mfa'], preferred_username: 'mia', groups: ['guards'] }),
      userInfo: { sub: 'm-2' },
    };
    const browser = TestBrowser.at(rig.app);
    expect((await answerTwisted(browser, await askTwisted(browser, twist))).text).toContain('name="code"');
    const evil = (await rig.app.get(IdentityProviders).findOffered('carbon.super', 'evil')) as IdentityProvider;
    const settings = { ...evil.settings, trustsSecondFactor: true };
    const input = { name: 'evil', enabled: true, settings, clientSecret: undefined };
    await rig.app.get(IdentityProviders).update(ctx, evil.uuid, input);
    const trusting = TestBrowser.at(rig.app);
    expect((await answerTwisted(trusting, await askTwisted(trusting, twist))).text).toContain('value="allow"');
  });

  it('does not exchange a code without the verifier of this sign-in', () => {
    expect(twisted.exchanges.length).toBeGreaterThan(10);
    const verifiers = twisted.exchanges.map((form) => form.get('code_verifier'));
    expect(new Set(verifiers).size).toBe(verifiers.length);
    for (const form of twisted.exchanges) expect(form.get('client_secret')).toBe(providerClient.secret);
  });
});
