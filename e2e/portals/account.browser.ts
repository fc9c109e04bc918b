import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { barriers, openBrowser, overflowOf, signIn, visit } from '../support/browser.js';
import { send } from '../support/rest.js';
import { embedded, type SingleInstallation } from '../support/settings.js';

let installation: SingleInstallation;
let browser: Browser;
let base: string;

beforeAll(async () => {
  installation = await embedded();
  browser = await openBrowser();
  base = `${installation.controlPlanes[0]}/oauth2`;
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await installation?.stop();
});

/** What an authenticator app shows for a secret that was typed into it (RFC 6238, RFC 4226 section 5.3). */
function codeOf(base32: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const letters = base32.replaceAll(/\s/g, '');
  const bits = Array.from(letters, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7f_ff_ff_ff;
  return String(number % 1_000_000).padStart(6, '0');
}

async function enter(page: Page): Promise<void> {
  await page.goto(`${base}/account`);
  await signIn(page, installation.admin);
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
}

it('puts no barrier of the serious kind on any page of an account, in any language, and fits a phone', async () => {
  for (const [locale, colorScheme] of [
    ['en', 'light'],
    ['zh-Hans', 'dark'],
  ] as const) {
    const { page, complaints } = await visit(browser, {
      locale,
      colorScheme,
      viewport: { width: 375, height: 780 },
    });
    await page.goto(`${base}/account`);
    await page.locator('input[name=username]').fill(installation.admin[0]);
    await page.locator('input[name=password]').fill(installation.admin[1]);
    await page.locator('button[value=step]').click();
    for (const path of ['account', 'account/password', 'account/factors', 'password-reset']) {
      expect((await page.goto(`${base}/${path}`))?.status(), path).toBe(200);
      expect(await page.locator('html').getAttribute('lang')).toBe(locale);
      expect(await barriers(page), `${path} ${locale}`).toEqual([]);
      expect(await overflowOf(page), `${path} is no wider than the phone`).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
  }
});

it('adds a passkey, and signs in with it', async () => {
  const pia = ['pia', 'pia-Password-for-tests-7'] as const;
  const made = await send('POST', `${installation.controlPlanes[0]}/scim2/Users`, {
    basic: installation.admin,
    json: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: pia[0], password: pia[1] },
  });
  expect(made, made.text).toMatchObject({ status: 201 });
  const { page, complaints } = await visit(browser);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
  } as const;
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await page.goto(`${base}/account/factors`);
  await signIn(page, pia);
  await page.getByLabel('Present password').fill(pia[1]);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  expect(await barriers(page)).toEqual([]);
  await page.getByLabel('Name').fill('Laptop');
  await page.getByRole('button', { name: 'Make the passkey' }).click();
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  await page.goto(`${base}/account/factors`);
  await page.getByText('Laptop').first().waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.goto(`${base}/account`);
  await page.getByRole('button', { name: 'Sign out on every device' }).click();
  await page.goto(`${base}/account`);
  await signIn(page, pia);
  await page.getByRole('button', { name: 'Use a passkey' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  expect(complaints).toEqual([]);
});

it('adds an authenticator app by what the page shows, gives recovery codes once, and leads back', async () => {
  const { page } = await visit(browser);
  await enter(page);
  await page.getByRole('link', { name: 'Second factor' }).click();
  const secret = (await page.locator('p.code').textContent()) ?? '';
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('alert').getByText('This code is not right').waitFor();
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  expect(await page.locator('.codes li').count()).toBe(10);
  const [code = ''] = await page.locator('.codes li').allTextContents();
  await page.getByRole('link', { name: 'Your account' }).click();
  await page.getByRole('button', { name: 'Sign out on every device' }).click();
  await page.goto(`${base}/account`);
  await signIn(page, installation.admin);
  await page.getByText('Is your phone gone?').waitFor();
  await page.getByLabel('Code', { exact: true }).fill(code);
  await page.locator('button[value=step]').click();
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
});
