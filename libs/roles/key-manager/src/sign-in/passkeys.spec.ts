import { Passkeys, SecondFactorPolicy } from '@tollgate/identity/server';
import { OAuthSettings } from '@tollgate/oauth/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hiddenFields, signIn, TestBrowser, type PageAnswer } from '../../test/browser.js';
import { authorizePath, codeFor, exchangeCode, makeClient } from '../../test/code-flow.js';
import type { Registered } from '../../test/key-manager-client.js';
import { ctx, startRig, type Rig } from '../../test/rig.js';
import { SoftwareAuthenticator, type Twist } from '../../test/software-authenticator.js';

const at = '/oauth2/account/factors';
let rig: Rig;
let client: Registered;
let origin: string;

beforeAll(async () => {
  rig = await startRig();
  client = await makeClient(rig, 'Shop');
  origin = new URL(rig.app.get(OAuthSettings).baseUrl).origin;
});
afterAll(() => rig.app.close());

/** What the page gives to the browser. */
function optionsIn({ text }: PageAnswer): string {
  const found = /data-passkey="([^"]*)"/.exec(text)?.[1];
  if (found === undefined) throw new Error(`No passkey is asked for: ${text.slice(0, 3000)}`);
  return found.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

interface Owner {
  readonly userName: string;
  readonly password: string;
  readonly browser: TestBrowser;
}

async function person(userName: string): Promise<Owner> {
  const password = `${userName}-password-1`;
  await rig.addUser(userName, password);
  const browser = TestBrowser.at(rig.app);
  await signIn(browser, await browser.go('GET', at), userName, password);
  return { userName, password, browser };
}

async function addPage({ browser, password }: Owner): Promise<PageAnswer & { at: string }> {
  const page = await browser.go('GET', at);
  return browser.go('POST', at, { ...hiddenFields(page), action: 'passkey', password });
}

async function enrolled(userName: string) {
  const owner = await person(userName);
  const key = new SoftwareAuthenticator(origin);
  const page = await addPage(owner);
  const passkey = key.create(optionsIn(page));
  const shown = await owner.browser.go('POST', at, { ...hiddenFields(page), name: 'Blue key', passkey });
  const codes = [...shown.text.matchAll(/<li>([a-z2-7-]{19})<\/li>/g)].map(([, code = '']) => code);
  expect(codes).toHaveLength(10);
  return { ...owner, key, codes };
}

/** A new browser that has passed the password. */
async function pastPassword({ userName, password }: Owner, path = at) {
  const browser = TestBrowser.at(rig.app);
  const page = await signIn(browser, await browser.go('GET', path), userName, password);
  const use = (passkey: string) => browser.go('POST', page.at, { ...hiddenFields(page), passkey });
  return { browser, page, use, options: () => optionsIn(page) };
}

describe('a passkey (WebAuthn)', () => {
  it('is asked for after the password, and the tokens say so', async () => {
    const ann = await enrolled('ann');
    const path = authorizePath(client.clientId, { scope: 'openid' });
    const { browser, use, options } = await pastPassword(ann, path);
    expect((await browser.go('GET', '/oauth2/account')).text).toContain('name="password"'); // not signed in yet
    expect((await use(ann.key.get(options()))).text).toContain('asks for access');
    const { body } = await exchangeCode(rig, client, await codeFor(browser, client.clientId, { scope: 'openid' }));
    expect(decodeJwt(String(body['id_token']))).toMatchObject({
      amr: ['pwd', 'pop', 'mfa'],
      acr: 'urn:tollgate:acr:multi-factor',
    });
  });

  it.each<[string, Twist]>([
    ['for another page', { origin: 'https://evil.example' }],
    ['for another host', { rpId: 'evil.example' }],
    ['made for another purpose', { type: 'webauthn.create' }],
    ['that nobody touched', { absent: true }],
    ['with a forged signature', { forged: true }],
  ])('R-08 is refused with an answer %s', async (name, twist) => {
    const owner = await enrolled(`twisted-${name.replaceAll(' ', '-')}`);
    const { use, options } = await pastPassword(owner);
    expect((await use(owner.key.get(options(), twist))).text).toContain('This passkey is not one of this account');
  });

  it('R-08 answers each challenge once, in the place that it was made for', async () => {
    const bob = await enrolled('bob');
    const first = await pastPassword(bob);
    const second = await pastPassword(bob);
    const answer = bob.key.get(first.options());
    expect((await second.use(answer)).text).toContain('This passkey is not one of this account');
    expect((await first.use(answer)).at).toBe(at);
    const third = await pastPassword(bob);
    expect((await third.use(answer)).text).toContain('This passkey is not one of this account');
  });

  it('of somebody else is refused, also when that one is right for them', async () => {
    const cat = await enrolled('cat');
    const dan = await enrolled('dan');
    const { use, options } = await pastPassword(cat);
    expect((await use(dan.key.get(options()))).text).toContain('This passkey is not one of this account');
  });

  it('that was copied is refused: its counter does not go on', async () => {
    const eve = await enrolled('eve');
    const first = await pastPassword(eve);
    expect((await first.use(eve.key.get(first.options()))).at).toBe(at);
    const second = await pastPassword(eve);
    eve.key.counter = 0;
    expect((await second.use(eve.key.get(second.options()))).text).toContain('This passkey is not one');
  });

  it('is late after five minutes', async () => {
    const fay = await enrolled('fay');
    const { use, options } = await pastPassword(fay);
    const answer = fay.key.get(options());
    rig.app.clock.advanceMs(300_001);
    expect((await use(answer)).text).toContain('This passkey is not one of this account');
  });

  it('is replaced by a recovery code once', async () => {
    const gus = await enrolled('gus');
    const { browser, page } = await pastPassword(gus);
    const [code = ''] = gus.codes;
    expect((await browser.go('POST', page.at, { ...hiddenFields(page), code })).at).toBe(at);
  });

  it('is added only with the password, for the own session, by an answer that is right', async () => {
    const hal = await person('hal');
    const start = await hal.browser.go('GET', at);
    const wrong = await hal.browser.go('POST', at, { ...hiddenFields(start), action: 'passkey', password: 'x' });
    expect(wrong.text).toContain('present password is not right');
    expect(wrong.text).not.toContain('data-passkey');
    const page = await addPage(hal);
    const add = (passkey: string, from = hal.browser) => from.go('POST', at, { ...hiddenFields(page), passkey });
    for (const twist of [{ origin: 'https://evil.example' }, { rpId: 'evil.example' }, { absent: true }])
      expect((await add(new SoftwareAuthenticator(origin).create(optionsIn(page), twist))).text).toContain(
        'This passkey is not one',
      );
    expect((await add('{"no":"answer"}')).text).toContain('This passkey is not one');
    const other = await person('other');
    const stolen = new SoftwareAuthenticator(origin).create(optionsIn(page));
    const theirs = await other.browser.go('GET', at);
    const taken = await other.browser.go('POST', at, {
      ...hiddenFields(theirs),
      action: 'add-passkey',
      passkey: stolen,
    });
    expect(taken.text).toContain('This passkey is not one');
    expect(await rig.app.get(Passkeys).list({ organization: 'carbon.super', userName: 'other' })).toEqual([]);
  });

  it('is removed with the password; with the last one goes the second factor', async () => {
    const ida = await enrolled('ida');
    const owner = { organization: 'carbon.super', userName: 'ida' };
    const [only] = await rig.app.get(Passkeys).list(owner);
    const page = await ida.browser.go('GET', at);
    expect(page.text).toContain('Blue key');
    const forget = { ...hiddenFields(page), action: `forget ${only?.uuid ?? ''}` };
    await ida.browser.go('POST', at, { ...forget, password: 'x' });
    expect(await rig.app.get(SecondFactorPolicy).isEnrolled(owner)).toBe(true);
    await ida.browser.go('POST', at, { ...forget, password: ida.password });
    expect(await rig.app.get(SecondFactorPolicy).isEnrolled(owner)).toBe(false);
  });

  it('keeps a password alone from the password grant, and is gone with its user', async () => {
    const jan = await enrolled('jan');
    expect((await rig.passwordGrant(rig.portal, 'jan', jan.password)).status).toBe(400);
    await rig.removeUser('jan');
    expect(await rig.app.get(Passkeys).list({ organization: 'carbon.super', userName: 'jan' })).toEqual([]);
  });
});

describe('acr_values', () => {
  const multi = { acr_values: 'urn:tollgate:acr:multi-factor', scope: 'openid' };

  it('steps a session up that a password had begun', async () => {
    const kim = await enrolled('kim');
    const first = await pastPassword(kim);
    await first.use(kim.key.get(first.options()));
    expect((await first.browser.go('GET', authorizePath(client.clientId, multi))).text).toContain('asks for access');
    const lea = await person('lea');
    expect((await lea.browser.go('GET', authorizePath(client.clientId))).text).toContain('asks for access');
    const silent = await lea.browser.send('GET', authorizePath(client.clientId, { ...multi, prompt: 'none' }));
    expect(silent.location).toContain('error=login_required');
    const again = await lea.browser.go('GET', authorizePath(client.clientId, multi));
    const asked = await signIn(lea.browser, again, 'lea', lea.password);
    expect(asked.text).toContain('This application asks for a second factor');
  });

  it('asks for nothing more when a single factor would do, or when they are not known', async () => {
    const mia = await person('mia');
    for (const acr_values of ['urn:tollgate:acr:multi-factor urn:tollgate:acr:single-factor', 'urn:other', ''])
      expect((await mia.browser.go('GET', authorizePath(client.clientId, { acr_values }))).text).toContain(
        'asks for access',
      );
  });
});

describe('a role that asks for a second factor', () => {
  it('lets the person begin with a passkey instead of an app, in the page after the password', async () => {
    await rig.addUser('rae', 'rae-password-1', { roles: ['Internal/publisher'] });
    const rae = { userName: 'rae', password: 'rae-password-1', browser: TestBrowser.at(rig.app) };
    await rig.app.db.transaction(ctx, (tx) => rig.app.get(SecondFactorPolicy).require(tx, ['Internal/publisher']));
    const first = await pastPassword(rae);
    expect(first.page.text).toContain('Your role needs a second factor');
    const key = new SoftwareAuthenticator(origin);
    const made = key.create(first.options());
    const elsewhere = await pastPassword(rae);
    expect((await elsewhere.use(made)).text).toContain('This passkey is not one of this account'); // of another page
    expect((await first.use(made)).at).toBe(at);
    const again = await pastPassword(rae);
    expect(again.page.text).toContain('Use your passkey');
    expect((await again.use(key.get(again.options()))).at).toBe(at);
    await rig.app.db.transaction(ctx, (tx) => rig.app.get(SecondFactorPolicy).require(tx, []));
  });
});
