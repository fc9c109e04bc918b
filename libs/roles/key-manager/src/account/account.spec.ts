import { PortalSessions } from '@tollgate/oauth/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hiddenFields, signIn, TestBrowser, type PageAnswer } from '../../test/browser.js';
import { authorizePath, codeFor, exchangeCode, makeClient } from '../../test/code-flow.js';
import type { Registered } from '../../test/key-manager-client.js';
import { admin, startRig, type Rig } from '../../test/rig.js';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const ann = ['ann', 'ann-password-1'] as const;
let rig: Rig;
let client: Registered;

beforeAll(async () => {
  rig = await startRig();
  client = await makeClient(rig, 'Shop');
  await rig.addUser(...ann);
});
afterAll(() => rig.app.close());

/** A browser in which the person is signed in, at the first page of the account. */
async function atAccount(
  userAgent: string,
  [name, password]: readonly [string, string] = ann,
): Promise<{ browser: TestBrowser; page: PageAnswer & { at: string } }> {
  const browser = TestBrowser.at(rig.app, { 'user-agent': userAgent });
  const page = await signIn(browser, await browser.go('GET', '/oauth2/account'), name, password);
  expect(page).toMatchObject({ status: 200, at: '/oauth2/account' });
  return { browser, page };
}

/** The hidden fields of the form whose text around it holds `near`. */
function formNear(page: PageAnswer, near: string): Record<string, string> {
  const row = page.text.split('<li>').find((part) => part.includes(near)) ?? '';
  return hiddenFields({ text: row });
}

async function tokensIn(browser: TestBrowser): Promise<{ access: string; refresh: string }> {
  const { body } = await exchangeCode(rig, client, await codeFor(browser, client.clientId, { scope: 'openid' }));
  return { access: String(body['access_token']), refresh: String(body['refresh_token']) };
}

const refreshed = async (refresh: string): Promise<number> =>
  (await rig.km.token(client, { grant_type: 'refresh_token', refresh_token: refresh })).status;

const isSignedIn = async (browser: TestBrowser): Promise<boolean> =>
  !(await browser.go('GET', '/oauth2/account')).text.includes('name="password"');

describe('where a person is signed in', () => {
  it('is listed with browser and address, and ended one by one: tokens and portals of that session alone end', async () => {
    const desk = await atAccount(firefox);
    const phone = await atAccount(safari);
    const [ofDesk, ofPhone] = [await tokensIn(desk.browser), await tokensIn(phone.browser)];
    const portals = rig.app.get(PortalSessions);
    const { list } = await ownSessions('GET', ofDesk.access);
    const sessionOf = (agent: string): string => list?.find((one) => one.userAgent === agent)?.id ?? '';
    const [deskPortal, phonePortal] = await Promise.all([firefox, safari].map((agent) => portalOf(sessionOf(agent))));
    const page = await desk.browser.go('GET', '/oauth2/account');
    expect(page.text).toContain('Firefox Linux <strong>this browser</strong>');
    expect(page.text).toContain('Safari iOS');
    expect(page.text).toMatch(/127\.0\.0\.1, last used \w+ \d+, \d{4}/);
    const after = await desk.browser.go('POST', page.at, { ...formNear(page, 'Safari iOS'), action: 'end' });
    expect(after.text).not.toContain('Safari iOS');
    expect(await isSignedIn(phone.browser)).toBe(false);
    expect(await isSignedIn(desk.browser)).toBe(true);
    expect([await refreshed(ofPhone.refresh), await refreshed(ofDesk.refresh)]).toEqual([400, 200]);
    expect(await portals.find('devportal', phonePortal ?? '')).toBeNull();
    expect(await portals.find('devportal', deskPortal ?? '')).not.toBeNull();
    expect(await ownSessions('GET', ofPhone.access)).toEqual({ status: 401 });
  });

  it('is everywhere over at once', async () => {
    const [desk, phone] = [await atAccount(firefox), await atAccount(safari)];
    const tokens = await tokensIn(phone.browser);
    const over = await desk.browser.go('POST', '/oauth2/account', { ...hiddenFields(desk.page), action: 'everywhere' });
    expect(over.text).toContain('You are signed out');
    expect([await isSignedIn(desk.browser), await isSignedIn(phone.browser)]).toEqual([false, false]);
    expect(await refreshed(tokens.refresh)).toBe(400);
  });

  it('is nobody else’s to end', async () => {
    const { browser, page } = await atAccount(firefox);
    const other = await atAccount(safari, ['admin', admin]);
    const hers = formNear(page, 'this browser');
    const refused = await other.browser.go('POST', '/oauth2/account', {
      ...formNear(other.page, 'this browser'),
      session: hers['session'] ?? '',
      action: 'end',
    });
    expect(refused.status).toBe(404);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('R-31 V-28 is not ended by forms of other sites', async () => {
    const { browser, page } = await atAccount(firefox);
    const refused = await browser.go('POST', '/oauth2/account', {
      ...hiddenFields(page),
      token: 'x',
      action: 'everywhere',
    });
    expect(refused.status).toBe(403);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('R-03 no client leads a person to the account pages: its parameters do not name them', async () => {
    const browser = TestBrowser.at(rig.app);
    const page = await browser.go('GET', authorizePath(client.clientId, { account_page: 'sessions' }));
    const then = await signIn(browser, page, ...ann);
    expect(then.text + String(then.location)).toContain(then.location === null ? 'asks for access' : 'code=');
  });

  it('has a page in the languages of the portals', async () => {
    const browser = TestBrowser.at(rig.app, { 'accept-language': 'zh-TW' });
    const page = await signIn(browser, await browser.go('GET', '/oauth2/account'), ...ann);
    expect(page.text).toContain('您的帳號');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  });
});

describe('the operations for programs', () => {
  it('list and end the caller’s own sessions, and nobody else’s', async () => {
    const [desk, phone] = [await atAccount(firefox), await atAccount(safari)];
    const [mine, other] = [
      await tokensIn(desk.browser),
      await tokensIn((await atAccount(safari, ['admin', admin])).browser),
    ];
    const { list } = await ownSessions('GET', mine.access);
    expect(list?.length).toBeGreaterThanOrEqual(2);
    expect(list?.[0]).toMatchObject({ user: 'ann', address: '127.0.0.1', userAgent: safari, methods: ['pwd'] });
    const id = list?.[0]?.id ?? '';
    expect(await ownSessions('DELETE', other.access, `/${id}`)).toMatchObject({ status: 404 });
    expect(await ownSessions('DELETE', mine.access, `/${id}`)).toMatchObject({ status: 204 });
    expect(await isSignedIn(phone.browser)).toBe(false);
    expect(await ownSessions('DELETE', mine.access)).toMatchObject({ status: 204 });
    expect(await isSignedIn(desk.browser)).toBe(false);
  });

  it('ask for a token', async () => {
    const answer = await fetch(`${rig.app.base}/oauth2/sessions`);
    expect(answer.status).toBe(401);
  });
});

/** The operations take tokens of the management audience. */
async function ownSessions(
  method: string,
  token: string,
  path = '',
): Promise<{ status: number; list?: { id: string; userAgent: string }[] }> {
  const answer = await fetch(`${rig.app.base}/oauth2/sessions${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await answer.text();
  return { status: answer.status, ...(answer.status === 200 ? { list: (JSON.parse(text) as { list: [] }).list } : {}) };
}

function portalOf(signInSessionUuid: string): Promise<string> {
  const tokens = { access: 'a', accessExpiresAt: rig.app.clock.nowMs() + 3_600_000, refresh: null, id: null };
  return rig.app.get(PortalSessions).begin({
    portal: 'devportal',
    organization: 'carbon.super',
    userName: 'ann',
    scopes: [],
    tokens,
    signInSessionUuid,
  });
}
