import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { provideBrowser } from '@tollgate/services';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { send } from './rest.js';

const flags = [
  '--no-sandbox', // root in containers
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A headless browser; installs one where that is possible. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await provideBrowser(process.env, (line) => process.stderr.write(`${line}\n`));
  return chromium.launch({ executablePath, args: flags });
}

export interface Visit {
  readonly page: Page;
  /** What the page complained about: script errors, refused styles and scripts, answers of 500 and above. */
  readonly complaints: readonly string[];
}

/** A fresh profile with one page. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
  return { page, complaints };
}

/** Fills in the key manager's page. */
export async function signIn(page: Page, [userName, password]: readonly [string, string]): Promise<void> {
  await page.waitForURL(/\/oauth2\/interaction\//);
  await page.fill('input[name="username"]', userName);
  await page.fill('input[name="password"]', password);
  await page.press('input[name="password"]', 'Enter');
}

/** What axe-core finds serious or critical on the page, as `rule: element`. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: tester } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await tester.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}

/** Scripts that the page has loaded so far: how many, and how many bytes they are when compressed. */
export async function loadedScripts(page: Page): Promise<{ count: number; gzipBytes: number }> {
  await page.waitForLoadState('networkidle');
  const urls = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => name.endsWith('.js')),
  );
  const sizes = await Promise.all(
    urls.map(async (url) => gzipSync((await send('GET', url)).text, { level: 9 }).length),
  );
  return { count: urls.length, gzipBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Pixels by which the page is wider than its window: a phone would scroll sideways. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}
