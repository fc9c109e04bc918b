import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserService } from '@tollgate/identity/server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hiddenFields, signIn, TestBrowser, type PageAnswer } from '../../test/browser.js';
import { codeFor, exchangeCode, makeClient } from '../../test/code-flow.js';
import type { Registered } from '../../test/key-manager-client.js';
import { admin, ctx, startRig, type Rig } from '../../test/rig.js';

const path = '/oauth2/password-reset';
const within = { timeout: 10_000, interval: 50 };
let rig: Rig;
let client: Registered;

beforeAll(async () => {
  rig = await startRig();
  client = await makeClient(rig, 'Shop');
});
afterAll(() => rig.app.close());

/** Each test has an account of its own. */
async function person(userName: string): Promise<string> {
  const password = `${userName}-password-1`;
  await rig.addUser(userName, password, { email: `${userName}@mail.example` });
  return password;
}

/** Texts of all mails to an address, the oldest first. */
async function mailsTo(address: string): Promise<string[]> {
  const folder = join(rig.app.folder, 'mail');
  const names = (await readdir(folder).catch((): string[] => [])).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.filter((text) => text.startsWith(`To: ${address}\n`));
}

async function ask(userName: string, browser = TestBrowser.at(rig.app)): Promise<PageAnswer> {
  const page = await browser.go('GET', path);
  return browser.go('POST', path, { ...hiddenFields(page), username: userName });
}

/** Asks and reads the mail. @returns path and query of the link */
async function linkFor(userName: string, count = 1): Promise<string> {
  await ask(userName);
  const mails = await vi.waitFor(async () => {
    const found = await mailsTo(`${userName}@mail.example`);
    expect(found).toHaveLength(count);
    return found;
  }, within);
  const link = /https:\S+/.exec(mails.at(-1) ?? '')?.[0] ?? '';
  return new URL(link).pathname + new URL(link).search;
}

async function choose(link: string, password: string, again = password): Promise<PageAnswer> {
  const browser = TestBrowser.at(rig.app);
  const page = await browser.go('GET', link);
  return browser.go('POST', path, { ...hiddenFields(page), new: password, again });
}

async function mayEnter(userName: string, password: string): Promise<boolean> {
  const browser = TestBrowser.at(rig.app);
  const page = await signIn(browser, await browser.go('GET', '/oauth2/account'), userName, password);
  return page.at === '/oauth2/account';
}

describe('a forgotten password', () => {
  it('is replaced by way of a mail: sessions and tokens of the old one end, and the link works once', async () => {
    const old = await person('ann');
    const browser = TestBrowser.at(rig.app);
    const tokens = await exchangeCode(
      rig,
      client,
      await codeFor(browser, client.clientId, { scope: 'openid' }, ['ann', old]),
    );
    const link = await linkFor('ann');
    expect((await choose(link, 'quiet-Meadow-41')).text).toContain('Your password is changed');
    expect([await mayEnter('ann', old), await mayEnter('ann', 'quiet-Meadow-41')]).toEqual([false, true]);
    expect((await browser.go('GET', '/oauth2/account')).text).toContain('name="password"');
    const refresh = { grant_type: 'refresh_token', refresh_token: String(tokens.body['refresh_token']) };
    expect(await rig.km.token(client, refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await TestBrowser.at(rig.app).send('GET', link)).toMatchObject({ status: 410 });
    expect(await choose(link, 'another-Meadow-41')).toMatchObject({ status: 403 });
  });

  it('R-70 is asked for with one answer, whether the name exists or not', async () => {
    await person('known');
    const answers = [await ask('known'), await ask('unknown'), await ask('Known'), await ask("x' OR 1=1 --")];
    const texts = answers.map(({ status, text }) => `${status} ${text}`);
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('If there is an account of this name');
    await vi.waitFor(async () => expect(await mailsTo('known@mail.example')).toHaveLength(1), within);
  });

  it('stays as it was when the link is too old, was tampered with, or the account has changed since', async () => {
    const password = await person('late');
    const old = await linkFor('late');
    rig.app.clock.advanceMs(31 * 60_000);
    expect((await TestBrowser.at(rig.app).send('GET', old)).status).toBe(410);
    const changed = await linkFor('late', 2);
    expect((await TestBrowser.at(rig.app).send('GET', `${changed}x`)).status).toBe(410);
    await rig.app.get(UserService).update(ctx, 'late', { email: 'thief@mail.example' });
    expect((await TestBrowser.at(rig.app).send('GET', changed)).status).toBe(410);
    expect(await mayEnter('late', password)).toBe(true);
  });

  it('R-08 gives one new password to any number of parallel uses of a link', async () => {
    await person('race');
    const link = await linkFor('race');
    const wanted = ['first-Meadow-41', 'second-Meadow-42', 'third-Meadow-43'];
    const pages = await Promise.all(wanted.map((password) => choose(link, password)));
    expect(pages.filter(({ text }) => text.includes('Your password is changed'))).toHaveLength(1);
  });

  it('R-69 is held against the rules without spending the link', async () => {
    await person('weak');
    const link = await linkFor('weak');
    expect((await choose(link, 'short')).text).toContain('at least 8 characters');
    expect((await choose(link, 'iloveyouiloveyou')).text).toContain('most used passwords');
    expect((await choose(link, 'zyxwvutsrqponm')).text).toContain('characters in a row');
    expect((await choose(link, 'quiet-Meadow-41', 'quiet-Meadow-42')).text).toContain('not the same');
    expect((await choose(link, 'quiet-Meadow-41')).text).toContain('Your password is changed');
  });

  it('sends at most three mails at once, and none to who may not act or has no address', async () => {
    await person('many');
    await rig.addUser('silent', 'silent-password-1');
    await rig.addUser('locked', 'locked-password-1', { email: 'locked@mail.example', active: false });
    for (const name of ['many', 'many', 'many', 'many', 'silent', 'locked']) await ask(name);
    await person('last');
    await linkFor('last');
    expect([(await mailsTo('many@mail.example')).length, await mailsTo('locked@mail.example')]).toEqual([3, []]);
  });

  it('keeps no token: the database and the logs hold its digest alone', async () => {
    await person('secret');
    const token = new URLSearchParams((await linkFor('secret')).split('?')[1]).get('token') ?? '';
    const rows = await rig.app.db.manager.query<object[]>('SELECT * FROM password_reset');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('R-31 is not chosen by forms of other sites', async () => {
    expect((await TestBrowser.at(rig.app).send('POST', path, { username: 'admin', form: 'x' })).status).toBe(403);
  });

  it('R-70 is not asked for again and again from one address', async () => {
    const browser = TestBrowser.at(rig.app);
    const fields = hiddenFields(await browser.go('GET', path));
    const texts: string[] = [];
    while (texts.length < 130 && !texts.at(-1)?.includes('too many failed attempts'))
      texts.push((await browser.go('POST', path, { ...fields, username: `name${texts.length}` })).text);
    expect(texts.at(-1)).toContain('too many failed attempts');
    rig.app.clock.advanceMs(31 * 60_000);
    expect((await browser.go('POST', path, { ...fields, username: 'nobody' })).text).toContain(
      'If there is an account',
    );
  });

  it('is found from the sign-in page', async () => {
    const page = await TestBrowser.at(rig.app).go('GET', '/oauth2/account');
    expect(page.text).toContain(`<a href="${path}">Forgot your password?</a>`);
  });
});

describe('a password that is known', () => {
  it('is changed by its owner alone, who is signed out everywhere', async () => {
    const password = await person('carol');
    const browser = TestBrowser.at(rig.app);
    const at = '/oauth2/account/password';
    const page = await signIn(browser, await browser.go('GET', at), 'carol', password);
    expect(page).toMatchObject({ at, status: 200 });
    const send = (fields: Record<string, string>) => browser.go('POST', at, { ...hiddenFields(page), ...fields });
    const next = 'quiet-Meadow-41';
    expect((await send({ current: 'wrong-1', new: next, again: next })).text).toContain(
      'present password is not right',
    );
    expect((await send({ current: password, new: next, again: 'x' })).text).toContain('not the same');
    expect((await send({ current: password, new: password, again: password })).text).toContain('your present password');
    expect((await send({ current: password, new: next, again: next })).text).toContain('Your password is changed');
    expect((await browser.go('GET', at)).text).toContain('name="username"');
    expect([await mayEnter('carol', next), await mayEnter('admin', admin)]).toEqual([true, true]);
  });
});
