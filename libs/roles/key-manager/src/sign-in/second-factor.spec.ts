import { totpCode, totpStep } from '@tollgate/identity/domain';
import { SecondFactorPolicy, SecondFactors } from '@tollgate/identity/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hiddenFields, signIn, TestBrowser, type PageAnswer } from '../../test/browser.js';
import { authorizePath, codeFor, exchangeCode, makeClient } from '../../test/code-flow.js';
import type { Registered } from '../../test/key-manager-client.js';
import { ctx, startRig, type Rig } from '../../test/rig.js';

const at = '/oauth2/account/factors';
type Page = PageAnswer & { readonly at: string };
let rig: Rig;
let client: Registered;

beforeAll(async () => {
  rig = await startRig('[tollgate.identity.second_factor]\nrequired_for_roles = ["Internal/publisher"]\n');
  client = await makeClient(rig, 'Shop');
});
afterAll(() => rig.app.close());

/** What an authenticator app would show, `shift` steps from now. */
function appOf(page: PageAnswer): (shift?: number) => string {
  const text = /<p class="code">([A-Z2-7 ]+)<\/p>/.exec(page.text)?.[1]?.replaceAll(' ', '') ?? '';
  const bits = Array.from(text, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const bytes = (bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  expect(bytes).toHaveLength(20);
  return (shift = 0) => totpCode(Uint8Array.from(bytes), totpStep(rig.app.clock.nowMs()) + shift);
}

const nextStep = (): void => rig.app.clock.advanceMs(31_000);

/** Each test has an account of its own, with an authenticator app. */
async function enrolled(userName: string) {
  const password = `${userName}-password-1`;
  await rig.addUser(userName, password);
  const browser = TestBrowser.at(rig.app);
  const page = await signIn(browser, await browser.go('GET', at), userName, password);
  expect(page.text).toContain('<svg viewBox=');
  const app = appOf(page);
  const shown = await browser.go('POST', at, { ...hiddenFields(page), action: 'confirm', code: app() });
  const codes = [...shown.text.matchAll(/<li>([a-z2-7-]{19})<\/li>/g)].map(([, code = '']) => code);
  expect(codes).toHaveLength(10);
  nextStep();
  return { userName, password, browser, app, codes };
}

/** A new browser that has passed the password. */
async function pastPassword({ userName, password }: { userName: string; password: string }, path = at) {
  const browser = TestBrowser.at(rig.app);
  const page = await signIn(browser, await browser.go('GET', path), userName, password);
  expect(page.text).toContain('name="code"');
  const type = (code: string): Promise<Page> =>
    browser.go('POST', page.at, { ...hiddenFields(page), action: 'step', code });
  return { browser, page, type };
}

describe('an authenticator app', () => {
  it('is asked for after the password, and the tokens say so', async () => {
    const ann = await enrolled('ann');
    const path = authorizePath(client.clientId, { scope: 'openid' });
    const { browser, type } = await pastPassword(ann, path);
    expect((await browser.go('GET', '/oauth2/account')).text).toContain('name="password"'); // not signed in yet
    const consent = await type(ann.app());
    expect(consent.text).toContain('asks for access');
    const { body } = await exchangeCode(rig, client, await codeFor(browser, client.clientId, { scope: 'openid' }));
    expect(decodeJwt(String(body['id_token']))).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:tollgate:acr:multi-factor',
    });
  });

  it('R-08 gives codes that are good for one use, however many come at once', async () => {
    const bob = await enrolled('bob');
    const tries = await Promise.all([1, 2, 3].map(() => pastPassword(bob)));
    const code = bob.app();
    const pages = await Promise.all(tries.map(({ type }) => type(code)));
    expect(pages.filter((page) => page.at === at)).toHaveLength(1);
    nextStep();
    expect((await (await pastPassword(bob)).type(bob.app())).at).toBe(at);
  });

  it('may be a step early or late, and no more', async () => {
    const dan = await enrolled('dan');
    nextStep();
    nextStep();
    expect((await (await pastPassword(dan)).type(dan.app(-1))).at).toBe(at);
    expect((await (await pastPassword(dan)).type(dan.app(1))).at).toBe(at);
    expect((await (await pastPassword(dan)).type(dan.app(3))).text).toContain('This code is not right');
    expect((await (await pastPassword(dan)).type(dan.app(-2))).text).toContain('This code is not right');
  });

  it('is replaced by a recovery code once, for the day it is gone', async () => {
    const eve = await enrolled('eve');
    const [code = '', other = ''] = eve.codes;
    expect((await (await pastPassword(eve)).type(code)).at).toBe(at);
    expect((await (await pastPassword(eve)).type(code)).text).toContain('This code is not right');
    const inside = await (await pastPassword(eve)).type(other.toUpperCase().replaceAll('-', ' '));
    expect(inside.text).toContain('Recovery codes left: 8');
  });

  it('R-70 slows guessing down', async () => {
    const fay = await enrolled('fay');
    const { type } = await pastPassword(fay);
    const texts: string[] = [];
    for (let i = 0; i < 8; i++) texts.push((await type(`00000${i}`)).text);
    expect(texts[0]).toContain('This code is not right');
    expect(texts.at(-1)).toContain('too many failed attempts');
  });

  it('R-19 is kept encrypted, and recovery codes as digests', async () => {
    const gus = await enrolled('gus');
    const rows = JSON.stringify([
      await rig.app.db.manager.query('SELECT * FROM totp_factor'),
      await rig.app.db.manager.query('SELECT * FROM recovery_code'),
    ]);
    const enrolment = await rig.app.db.transaction(ctx, async (tx) => {
      await rig.app.get(SecondFactors).remove(tx, { organization: 'carbon.super', userName: 'nobody' });
      return rig.app.get(SecondFactors).enrol(tx, { organization: 'carbon.super', userName: 'nobody' });
    });
    const after = JSON.stringify(await rig.app.db.manager.query('SELECT * FROM totp_factor'));
    expect(rows).toContain('gus');
    expect(after).not.toContain(enrolment.secret);
    for (const code of gus.codes) expect(rows).not.toContain(code.replaceAll('-', ''));
  });

  it('keeps a password alone from Basic credentials and the password grant', async () => {
    const hal = await enrolled('hal');
    expect(await rig.passwordGrant(rig.portal, 'hal', hal.password)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    const registration = await rig.km.register('hal', hal.password, {
      clientName: 'hal',
      grantType: 'client_credentials',
    });
    expect(registration.status).toBe(401);
  });

  it('is taken away only with the password, and then no longer asked for', async () => {
    const ivy = await enrolled('ivy');
    const page = await ivy.browser.go('GET', at);
    const wrong = await ivy.browser.go('POST', at, { ...hiddenFields(page), action: 'disable', password: 'x' });
    expect(wrong.text).toContain('present password is not right');
    const renewed = await ivy.browser.go('POST', at, {
      ...hiddenFields(page),
      action: 'codes',
      password: ivy.password,
    });
    expect(renewed.text).toContain('Your recovery codes');
    for (const code of ivy.codes) expect(renewed.text).not.toContain(code);
    await ivy.browser.go('POST', at, { ...hiddenFields(page), action: 'disable', password: ivy.password });
    const browser = TestBrowser.at(rig.app);
    const inside = await signIn(browser, await browser.go('GET', '/oauth2/account'), 'ivy', ivy.password);
    expect(inside.at).toBe('/oauth2/account');
  });

  it('is gone with its user: who gets the name later has none', async () => {
    await enrolled('jan');
    await rig.removeUser('jan');
    const jan = { organization: 'carbon.super', userName: 'jan' };
    expect(await rig.app.get(SecondFactorPolicy).isEnrolled(jan)).toBe(false);
    expect(await rig.app.get(SecondFactors).recoveryCodesLeft(jan)).toBe(0);
  });
});

describe('a role that asks for a second factor', () => {
  it('lets nobody in before an app is added', async () => {
    await rig.addUser('kim', 'kim-password-1', { roles: ['Internal/publisher'] });
    const kim = { userName: 'kim', password: 'kim-password-1' };
    expect((await rig.passwordGrant(rig.portal, 'kim', kim.password)).status).toBe(400);
    const { browser, page, type } = await pastPassword(kim);
    expect(page.text).toContain('Your role needs a second factor');
    expect((await type('000000')).text).toContain('This code is not right');
    const inside = await type(appOf(page)());
    expect(inside.at).toBe(at);
    expect((await browser.go('GET', '/oauth2/account')).at).toBe('/oauth2/account');
  });

  it('is named by an organization, and ends what a password alone had opened', async () => {
    await rig.addUser('lea', 'lea-password-1', { roles: ['Internal/creator'] });
    const browser = TestBrowser.at(rig.app);
    const open = await signIn(browser, await browser.go('GET', '/oauth2/account'), 'lea', 'lea-password-1');
    expect(open.at).toBe('/oauth2/account');
    const require = (roles: string[]) =>
      rig.app.db.transaction(ctx, (tx) => rig.app.get(SecondFactorPolicy).require(tx, roles));
    await require(['Internal/creator']);
    expect((await browser.go('GET', '/oauth2/account')).text).toContain('name="password"');
    const again = await browser.go('GET', authorizePath(client.clientId));
    expect(again.text).toContain('name="password"');
    await expect(require(['no-such-role'])).rejects.toMatchObject({ status: 400 });
    await require([]);
    expect((await browser.go('GET', '/oauth2/account')).at).toBe('/oauth2/account');
  });
});
