import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { barriers, loadedScripts, openBrowser, overflowOf, signIn, visit } from '../support/browser.js';
import { Caller, publisher } from '../support/caller.js';
import { eventually, send } from '../support/rest.js';
import { embedded, type SingleInstallation } from '../support/settings.js';

let installation: SingleInstallation;
let backEnd: BackEnd;
let browser: Browser;
let base: string;

beforeAll(async () => {
  installation = await embedded();
  backEnd = await startBackEnd('orders');
  browser = await openBrowser();
  base = `${installation.controlPlanes[0]}/publisher`;
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await backEnd?.close();
  await installation?.stop();
});

const definition = (title: string, more: object = {}): string =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title, version: '1.0.0' },
    paths: { '/orders': { get: { responses: { 200: { description: 'All' } } } } },
    ...more,
  });

async function enter(page: Page): Promise<void> {
  await page.goto(`${base}/apis`);
  await signIn(page, installation.admin);
  await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
}

/** From the list to a published API by clicks only. */
async function publish(page: Page, title: string): Promise<void> {
  await page.getByRole('link', { name: 'Create an API' }).first().click();
  await page.getByLabel('Or the definition itself').fill(definition(title));
  await page.getByRole('button', { name: 'Check' }).last().click();
  await page.getByText('A valid OpenAPI').waitFor();
  await page.getByLabel('Back end').fill(backEnd.url);
  await page.getByRole('button', { name: 'Create and publish' }).click();
  await page.getByText('Ready to be called?').waitFor();
}

it('brings an OpenAPI definition to an API that answers at the gateway, by clicks only', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page);
  await publish(page, 'Orders');
  await page.getByText('Published: done').waitFor();
  await page.getByText('live on 1 of 1 gateways').waitFor();
  await page.getByRole('link', { name: 'Test' }).click();
  await page.getByRole('button', { name: 'Make a test key' }).click();
  await page.getByRole('button', { name: 'Copy: test key' }).waitFor();
  const key = await page.evaluate(async () => {
    const [, id] = /apis\/([^/]+)/.exec(location.pathname) ?? [];
    const headers = { 'x-tollgate-portal': 'publisher' };
    const answer = await fetch(`/api/am/publisher/v4/apis/${id}/generate-key`, { method: 'POST', headers });
    return ((await answer.json()) as { apikey: string }).apikey;
  });
  const url = `${installation.gateways[0]}/orders/1.0.0/orders`;
  const call = () => send('GET', url, { headers: { 'internal-key': key } });
  expect((await eventually(call, ({ status }) => status === 200)).status).toBe(200);
  expect(complaints).toEqual([]);
});

it('keeps documents with a preview that runs nothing, and tells a change by somebody else', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page);
  await publish(page, 'Documented');
  await page.getByRole('link', { name: 'Documents' }).click();
  await page.getByText('No documents yet').waitFor();
  await page.getByRole('link', { name: 'Add a document' }).click();
  await page.getByLabel('Name').fill('Guide');
  await page
    .getByRole('textbox', { name: 'Text' })
    .fill('# Begin\n\n<img src=x onerror="document.title=1"> [run](javascript:alert(1)) [read](https://docs.example/)');
  const preview = page.getByRole('region', { name: 'Preview' });
  await preview.getByRole('heading', { name: 'Begin' }).waitFor();
  expect(await preview.locator('img, script').count()).toBe(0);
  expect(await preview.getByText('run').getAttribute('href')).toBe('');
  expect(await preview.getByRole('link', { name: 'read' }).getAttribute('href')).toBe('https://docs.example/');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Guide' }).click();
  await page.getByLabel('Summary').fill('How to begin');
  await page.evaluate(async () => {
    const [, apiId, id] = /apis\/([^/]+)\/documents\/([^/]+)/.exec(location.pathname) ?? [];
    const path = `/api/am/publisher/v4/apis/${apiId}/documents/${id}`;
    const headers = { 'x-tollgate-portal': 'publisher', 'content-type': 'application/json' };
    const body = JSON.stringify({ ...(await (await fetch(path, { headers })).json()), summary: 'Meanwhile' });
    await fetch(path, { method: 'PUT', headers, body });
  });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').waitFor();
  expect(await page.getByLabel('Summary').inputValue()).toBe('How to begin');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByText('Meanwhile').waitFor();
  await page.getByRole('link', { name: 'Add a document' }).click();
  await page.getByLabel('Name').fill('Guide');
  await page.getByLabel('Source').selectOption('FILE');
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await page.setInputFiles('input[type=file]', {
    name: 'plan.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF'),
  });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'has a document "Guide"' }).waitFor();
  await page.getByLabel('Name').fill('Plan');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Delete Guide' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('link', { name: 'Guide' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Plan' }).waitFor();
  expect(complaints).toEqual([]);
});

it('attaches policies to flows by buttons and by dragging, and the gateway carries them out', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page);
  await publish(page, 'Mediated');
  const id = /apis\/([^/]+)/.exec(page.url())?.[1] ?? '';
  await page.getByRole('link', { name: 'Policies' }).click();
  const request = page.getByRole('region', { name: 'Request' });
  const add = async (name: string, flow: string, fields: Record<string, string>): Promise<void> => {
    await page.getByRole('button', { name: `Add ${name} to the flow ${flow}` }).click();
    const dialog = page.getByRole('dialog', { name });
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await dialog.getByText('This cannot be used.').first().waitFor();
    for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label).fill(value);
    if (flow === 'Request') expect(await barriers(page), 'form').toEqual([]);
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  await add('Set header', 'Request', { 'Header name': 'X-From', 'Header value': 'portal' });
  await add('Add header', 'Request', { 'Header name': 'X-From', 'Header value': 'first' });
  await page.getByRole('button', { name: 'Move Add header up, Request 2' }).click();
  await page
    .getByRole('status')
    .filter({ hasText: 'Add header, position 1 of 2, Request' })
    .waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Change Set header, Request 2' }).click();
  await page.getByRole('dialog').getByLabel('Header value').fill('buttons');
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  expect(await request.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/^1\. Add header/),
    expect.stringMatching(/^2\. Set header[^]*buttons/),
  ]);

  const response = page.getByRole('region', { name: 'Response' });
  await page.locator('[data-policy="setHeader"]').dragTo(response);
  await page.getByRole('dialog').getByLabel('Header name').fill('X-Dragged');
  await page.getByRole('dialog').getByLabel('Header value').fill('yes');
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  await page.locator('[data-policy="redirect"]').dragTo(response); // for requests only
  expect(await page.getByRole('dialog').count()).toBe(0);
  await request.getByText('1. Add header').dragTo(page.getByRole('region', { name: 'Fault' }));
  await page.getByRole('region', { name: 'Fault' }).getByText('1. Add header').waitFor();
  expect(await barriers(page)).toEqual([]);

  await page.getByRole('combobox', { name: 'Flows of' }).click();
  await page.getByRole('option', { name: 'GET /orders' }).click();
  await add('Rewrite resource path', 'Request', { 'New resource path': '/v2/{id}' });
  await page.getByRole('button', { name: 'Save' }).click();
  await request.getByRole('alert').filter({ hasText: '"{id}" is no whole segment' }).waitFor();
  await page.getByRole('button', { name: 'Change Rewrite resource path, Request 1' }).click();
  await page.getByRole('dialog').getByLabel('New resource path').fill('/v2/orders');
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').first().waitFor();

  await page.getByRole('link', { name: 'Deployments' }).click();
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  const other = await Caller.signIn(installation);
  const key = (await other.call('POST', `${publisher}/apis/${id}/generate-key`)).body['apikey'];
  const url = `${installation.gateways[0]}/mediated/1.0.0/orders`;
  const answer = await eventually(
    () => send('GET', url, { headers: { 'internal-key': String(key), 'x-from': 'caller' } }),
    ({ body }) => body['path'] === '/v2/orders',
  );
  expect(answer.body['headers']).toMatchObject({ 'x-from': 'buttons' });
  expect(answer.headers.get('x-dragged')).toBe('yes');
  expect(complaints).toEqual([]);
});

it('says line and reason of what is wrong with a definition, and at the field what is wrong with a name', async () => {
  const { page } = await visit(browser);
  await enter(page);
  await page.goto(`${base}/apis/create`);
  await page
    .getByLabel('Or the definition itself')
    .fill('openapi: 3.0.3\ninfo:\n  title: Bad\n  version: 1\npaths: 7\n');
  await page.getByRole('button', { name: 'Check' }).last().click();
  await page.getByText('The definition cannot be used').waitFor();
  expect(await page.getByRole('alert').innerText()).toMatch(/line \d+, column \d+/);
  await page.getByText('From scratch').click();
  await page.getByLabel('Name').fill('Bad/Name');
  await page.getByRole('button', { name: 'Create only' }).click();
  await page.getByText('This holds a character that is not allowed.').first().waitFor();
});

it('keeps what was typed when somebody else changed the API meanwhile', async () => {
  const { page } = await visit(browser);
  await enter(page);
  await publish(page, 'Shared');
  const id = /apis\/([^/]+)/.exec(page.url())?.[1] ?? '';
  await page.getByRole('link', { name: 'Basic information' }).click();
  await page.getByLabel('Description').fill('mine');
  const other = await Caller.signIn(installation);
  const theirs = await other.call('GET', `${publisher}/apis/${id}`);
  await other.call('PUT', `${publisher}/apis/${id}`, { json: { ...theirs.body, tags: ['theirs'] } });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody else changed this meanwhile').waitFor();
  await page.getByRole('button', { name: 'Load the newest version' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  const now = await other.call('GET', `${publisher}/apis/${id}`);
  expect(now.body).toMatchObject({ description: 'mine', tags: ['theirs'] });
});

it(
  'puts no barrier of the serious kind on any page, speaks Chinese, and fits a phone',
  { timeout: 180_000 },
  async () => {
    const phone = { viewport: { width: 375, height: 740 }, locale: 'zh-TW', hasTouch: true };
    const { page, complaints } = await visit(browser, phone);
    await page.goto(`${base}/apis`);
    await signIn(page, installation.admin);
    await page.getByRole('link', { name: '建立 API' }).first().waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-Hant');
    expect(await barriers(page), 'list').toEqual([]);
    await page.getByRole('link', { name: 'Orders' }).click();
    const sections = [
      'overview',
      'configuration',
      'endpoints',
      'resources',
      'policies',
      'runtime-configuration',
      'api-definition',
    ];
    for (const section of [
      ...sections,
      'deployments',
      'lifecycle',
      'subscriptions',
      'documents',
      'comments',
      'test-console',
    ]) {
      await page.locator(`nav a[href$="/${section}"]`).click();
      await page.waitForURL(new RegExp(`/${section}$`));
      await page.waitForLoadState('networkidle');
      expect(await barriers(page), section).toEqual([]);
      expect(await overflowOf(page), `${section} is no wider than the phone`).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
  },
);

it('loads no more than 200 kB of script first, compressed', async () => {
  const { page } = await visit(browser);
  await enter(page);
  const { count, gzipBytes } = await loadedScripts(page);
  expect(count).toBeGreaterThan(3);
  expect(gzipBytes).toBeLessThanOrEqual(200 * 1024);
});

it('keeps tokens out of reach: http-only cookies, nothing in storage, no call without the header of the portal', async () => {
  const { page } = await visit(browser);
  await enter(page);
  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => name === '__Host-tollgate-publisher');
  expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
  const stored = await page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
  );
  expect(stored).not.toMatch(/eyJ|__Host/);
  const statuses = await page.evaluate(async () => {
    const call = async (headers: Record<string, string>) =>
      (await fetch('/api/am/publisher/v4/apis', { headers })).status;
    return [
      await call({}),
      await call({ 'x-tollgate-portal': 'admin' }),
      await call({ 'x-tollgate-portal': 'publisher' }),
    ];
  });
  expect(statuses).toEqual([401, 401, 200]);
});

it('signs out here and at the key manager, and comes back to nothing but the sign-in page', async () => {
  const { page } = await visit(browser);
  await enter(page);
  const [session] = (await page.context().cookies()).filter(({ name }) => name === '__Host-tollgate-publisher');
  await page.getByRole('button', { name: 'admin' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/oauth2\/interaction\/|\/oidc\/logout/);
  const headers = { cookie: `__Host-tollgate-publisher=${session?.value}`, 'x-tollgate-portal': 'publisher' };
  const again = await send('GET', `${installation.controlPlanes[0]}${publisher}/apis`, { headers });
  expect(again.status).toBe(401);
  await page.goto(`${base}/apis`);
  await page.waitForURL(/\/oauth2\/interaction\//);
});

it.each(['https://evil.example/', '//evil.example/', '/publisher/../admin', '/publisherx', 'javascript:alert(1)'])(
  'never goes to %s after signing in',
  async (returnTo) => {
    const { page } = await visit(browser);
    await page.goto(`${base}/services/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    await signIn(page, installation.admin);
    await page.getByRole('heading', { name: 'APIs', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/publisher/apis');
  },
);
