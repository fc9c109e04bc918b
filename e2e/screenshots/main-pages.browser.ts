import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { openBrowser, signIn, visit } from '../support/browser.js';
import { Caller } from '../support/caller.js';
import { embedded, root, type SingleInstallation } from '../support/settings.js';
import { compressPng } from './compress-png.js';
import { makeSampleData, ordersDefinition, type SampleData } from './sample-data.js';

/** `npm run screenshots`: pictures of the main pages into docs/images, of the real product with sample data. */
const folder = join(root, 'docs/images');
const mostBytes = 150_000;
const size = { width: 1200, height: 760 };
vi.setConfig({ testTimeout: 180_000 });
let installation: SingleInstallation;
let backEnd: BackEnd;
let browser: Browser;
let origin: string;
let sample: SampleData;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  installation = await embedded();
  backEnd = await startBackEnd('shop');
  browser = await openBrowser();
  origin = installation.controlPlanes[0] ?? '';
  sample = await makeSampleData(await Caller.signIn(installation), backEnd.url);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await backEnd?.close();
  await installation?.stop();
});

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  const png = compressPng(await page.screenshot({ animations: 'disabled' }));
  expect(png.length, `${name} is small enough for a page`).toBeLessThanOrEqual(mostBytes);
  writeFileSync(join(folder, `${name}.png`), png);
}

/** A page of a portal as the administrator, who is all four persons here. */
async function enter(path: string): Promise<Page> {
  const { page } = await visit(browser, { viewport: size, colorScheme: 'light' });
  await page.goto(origin + path);
  const button = page.getByRole('button', { name: 'Sign in', exact: true });
  if (path.startsWith('/devportal')) await button.click();
  await signIn(page, installation.admin);
  await page.getByRole('button', { name: 'admin' }).waitFor();
  return page;
}

it('takes pictures of the publisher', async () => {
  const page = await enter('/publisher/apis');
  await page.getByRole('link', { name: 'Orders' }).waitFor();
  await shoot(page, 'publisher-apis');
  await page.goto(`${origin}/publisher/apis/create`);
  const buffer = Buffer.from(ordersDefinition.replace('"Orders"', '"Returns"'));
  await page.setInputFiles('input[type=file]', { name: 'returns.json', mimeType: 'application/json', buffer });
  await page.getByLabel('Back end').fill('https://returns.example.com');
  await shoot(page, 'publisher-create');
  for (const section of ['overview', 'resources', 'deployments', 'lifecycle', 'comments']) {
    await page.goto(`${origin}/publisher/apis/${sample.orders}/${section}`);
    await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor();
    await shoot(page, `publisher-${section}`);
  }
});

it('takes pictures of the developer portal', async () => {
  const page = await enter('/devportal/apis');
  await page.getByRole('link', { name: 'Orders' }).waitFor();
  await shoot(page, 'devportal-apis');
  for (const section of ['overview', 'comments']) {
    await page.goto(`${origin}/devportal/apis/${sample.orders}/${section}`);
    await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor();
    await shoot(page, `devportal-${section}`);
  }
  await page.goto(`${origin}/devportal/applications/${sample.application}/productionkeys`);
  await page.getByText('The secret was shown when it was made').waitFor();
  await shoot(page, 'devportal-keys');
});

it('takes pictures of the administrator’s portal', async () => {
  const page = await enter('/admin/dashboard');
  await page.getByRole('table').first().waitFor();
  await shoot(page, 'admin-topology');
  for (const [name, path] of [
    ['policy', `throttling/advanced/${sample.policy}`],
    ['deny-list', 'throttling/deny-policies'],
    ['audit', 'audit'],
  ]) {
    await page.goto(`${origin}/admin/${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shoot(page, `admin-${name}`);
  }
});
