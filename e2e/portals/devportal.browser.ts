import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { barriers, loadedScripts, openBrowser, overflowOf, signIn, visit } from '../support/browser.js';
import { adminApi, Caller, devportal, publisher } from '../support/caller.js';
import { send } from '../support/rest.js';
import { embedded, type SingleInstallation } from '../support/settings.js';

const developer = ['dora', 'a-Password-for-developers-8'] as const;
vi.setConfig({ testTimeout: 90_000 });
let installation: SingleInstallation;
let backEnd: BackEnd;
let browser: Browser;
let admin: Caller;
let base: string;
let apiId: string;

beforeAll(async () => {
  installation = await embedded();
  backEnd = await startBackEnd('orders');
  browser = await openBrowser();
  admin = await Caller.signIn(installation);
  base = `${installation.controlPlanes[0]}/devportal`;
  apiId = await publishOrders();
  const config = await admin.call('GET', `${adminApi}/tenant-config`);
  const json = { ...config.body, SelfSignUp: { EnableSignup: true, SignUpRoles: ['Internal/subscriber'] } };
  expect((await admin.call('PUT', `${adminApi}/tenant-config`, { json })).status).toBe(200);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await backEnd?.close();
  await installation?.stop();
});

async function publishOrders(): Promise<string> {
  const operation = { authType: 'Application & Application User', throttlingPolicy: 'Unlimited' };
  const made = await admin.call('POST', `${publisher}/apis`, {
    json: {
      name: 'Orders',
      context: '/orders',
      version: '1.0.0',
      description: 'Read and place orders.',
      tags: ['shop'],
      policies: ['Unlimited', 'Bronze'],
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url: backEnd.url } },
      operations: [{ target: '/orders', verb: 'GET', ...operation }],
    },
  });
  expect(made.status).toBe(201);
  const id = String(made.body['id']);
  const revision = await admin.call('POST', `${publisher}/apis/${id}/revisions`, { json: {} });
  const where = [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }];
  const revisionId = String(revision.body['id']);
  await admin.call('POST', `${publisher}/apis/${id}/deploy-revision?revisionId=${revisionId}`, { json: where });
  await admin.call('POST', `${publisher}/apis/change-lifecycle?apiId=${id}&action=Publish`);
  return id;
}

async function commentAndRate(): Promise<void> {
  const api = `${devportal}/apis/${apiId}`;
  const made = await admin.call('POST', `${api}/comments`, { json: { content: 'word'.repeat(60) } });
  const reply = { json: { content: 'Yes' } };
  expect((await admin.call('POST', `${api}/comments?replyTo=${String(made.body['id'])}`, reply)).status).toBe(201);
  expect((await admin.call('PUT', `${api}/user-rating`, { json: { rating: 5 } })).status).toBe(200);
}

/** Makes the account by the sign-up page. */
async function signUp(page: Page, [userName, password]: readonly [string, string]): Promise<void> {
  await page.goto(`${base}/apis`);
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('User name').fill(userName);
  await page.getByLabel('E-mail').fill(`${userName}@example.com`);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByText('Your account is ready').waitFor();
}

async function enter(page: Page, path = '/applications'): Promise<void> {
  await page.goto(`${base}${path}`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signIn(page, developer);
  await page.getByRole('button', { name: developer[0] }).waitFor();
}

async function createApplication(page: Page, name: string): Promise<string> {
  await page.goto(`${base}/applications`);
  await page.getByRole('link', { name: 'Create an application' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create an application' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  return /applications\/([^/]+)/.exec(page.url())?.[1] ?? '';
}

it('shows visitors the APIs, finds them by words anywhere and by tag, and says where they are called', async () => {
  const { page, complaints } = await visit(browser);
  await page.goto(`${base}/`);
  await page.getByRole('link', { name: 'Orders' }).waitFor();
  await page.getByLabel('Search').fill('nothing like this');
  await page.getByText('Nothing matches').waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe('nothing like this');
  await page.getByRole('button', { name: 'Show all APIs' }).click();
  await page.getByRole('link', { name: 'Orders' }).waitFor();
  expect(await page.getByLabel('Search').inputValue()).toBe('');
  await page.getByRole('button', { name: /^shop/ }).click();
  expect(new URL(page.url()).searchParams.get('tag')).toBe('shop');
  await page.getByRole('link', { name: 'Orders' }).click();
  await page.getByText(/^https:\/\/localhost:\d+\/orders\/1\.0\.0$/).waitFor();
  await page.getByText('1,000 requests per 1 min').waitFor();
  await page.getByRole('link', { name: 'Get a key' }).click();
  await page.getByRole('button', { name: 'Sign in and come back here' }).waitFor();
  expect(await page.getByRole('link', { name: 'Applications' }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

it('opens what is clicked right after the last key of a search, however slowly its page comes', async () => {
  const { page } = await visit(browser);
  await page.goto(`${base}/apis`);
  await page.getByRole('link', { name: 'Orders' }).waitFor();
  await page.route('**/assets/*.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    await route.continue();
  });
  await page.getByLabel('Search').pressSequentially('Orders', { delay: 0 });
  await page.getByRole('link', { name: 'Orders' }).click();
  await page.getByRole('link', { name: 'Get a key' }).waitFor({ timeout: 10_000 });
});

it('shows documents as text, Markdown, address and file', async () => {
  const documents = `${publisher}/apis/${apiId}/documents`;
  const guide = { type: 'HOWTO', visibility: 'API_LEVEL' };
  for (const document of [
    {
      ...guide,
      name: 'Guide',
      sourceType: 'MARKDOWN',
      inlineContent: '## Begin\n\n<b>bold</b>\n\n|a|b|\n|-|-|\n|1|2|',
    },
    { ...guide, name: 'Forum', sourceType: 'URL', sourceUrl: 'https://forum.example/' },
    { ...guide, name: 'Plan', sourceType: 'FILE' },
  ])
    expect((await admin.call('POST', documents, { json: document })).status).toBe(201);
  const listed = await admin.call('GET', documents);
  const plan = (listed.body['list'] as { name: string; documentId: string }[]).find(({ name }) => name === 'Plan');
  await admin.call('POST', `${documents}/${plan?.documentId}/content`, { multipart: { file: 'name: plan' } });

  const { page, complaints } = await visit(browser);
  await page.goto(`${base}/apis/${apiId}/overview`);
  await page.getByRole('link', { name: 'Documents' }).click();
  await page.getByRole('article').getByRole('heading', { name: 'Begin' }).waitFor();
  await page.getByText('<b>bold</b>').waitFor();
  await page.getByRole('cell', { name: '2' }).waitFor();
  await page.getByRole('button', { name: 'Forum' }).click();
  expect(await page.getByRole('link', { name: 'forum.example' }).getAttribute('href')).toBe('https://forum.example/');
  await page.getByRole('button', { name: 'Plan' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the file' }).click();
  expect((await download).suggestedFilename()).toBe('definition.yaml');
  expect(readFileSync(await (await download).path(), 'utf8')).toBe('name: plan');
  await page.reload();
  await page.getByRole('heading', { name: 'Plan' }).waitFor();
  expect(complaints).toEqual([]);
});

it('makes accounts for visitors and brings them back to the page they came from', async () => {
  const { page, complaints } = await visit(browser);
  await signUp(page, developer);
  await page.goto(`${base}/apis/${apiId}/credentials`);
  await page.getByRole('button', { name: 'Sign in and come back here' }).click();
  await signIn(page, developer);
  await page.getByRole('heading', { name: 'Subscribe an application' }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/devportal/apis/${apiId}/credentials`);
  expect(complaints).toEqual([]);
});

it('says at the field what is wrong with an account', async () => {
  const { page } = await visit(browser);
  await page.goto(`${base}/signup`);
  await page.getByLabel('User name').fill(developer[0]);
  await page.getByLabel('E-mail').fill('no address');
  await page.getByRole('textbox', { name: 'Password' }).fill('short');
  await page.getByText('15 to 256 characters: not yet').waitFor();
  expect(await page.getByRole('button', { name: 'Create the account' }).isDisabled()).toBe(true);
});

it('makes an application, keys with a secret shown once, a token, and ends them by name', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page);
  const id = await createApplication(page, 'Shop front');
  await page.getByRole('link', { name: 'Production keys' }).click();
  await page.getByRole('button', { name: 'Generate keys' }).click();
  await page.getByText('Keep this secret now').waitFor();
  const shown = await page.getByRole('alert').filter({ hasText: 'Keep this secret now' }).locator('code').innerText();
  const consumerKey = await page.locator('code').first().innerText();
  const token = (secret: string) =>
    send('POST', `${installation.controlPlanes[0]}/oauth2/token`, {
      basic: [consumerKey, secret],
      form: { grant_type: 'client_credentials' },
    });
  expect((await token(shown)).status).toBe(200);
  await page.getByRole('button', { name: 'Make a test token' }).click();
  await page.getByText('Good for 3,600 seconds').waitFor();
  await page.reload();
  await page.getByText('The secret was shown when it was made').waitFor();
  await page.getByRole('textbox', { name: 'Consumer secret' }).fill('not this one');
  await page.getByRole('button', { name: 'Make a test token' }).click();
  await page.getByText(/This is not the consumer secret of these keys/).waitFor();
  await page.getByRole('button', { name: 'Regenerate the secret' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Regenerate the secret' }).click();
  await page.getByText('Keep this secret now').waitFor();
  expect((await token(shown)).status).toBe(401);

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Delete the application' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Keys that end: 1. Subscriptions that end: 0').waitFor();
  const confirm = dialog.getByRole('button', { name: 'Delete the application' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('Type Shop front to confirm').fill('Shop front');
  await confirm.click();
  await page.getByText('Application deleted').waitFor();
  const statuses = await page.evaluate(async (gone) => {
    const headers = { 'x-tollgate-portal': 'devportal' };
    return (await fetch(`/api/am/devportal/v3/applications/${gone}`, { headers })).status;
  }, id);
  expect(statuses).toBe(404);
  expect(complaints).toEqual([]);
});

it('issues API keys with limits, says what is wrong with one at its field, and revokes', async () => {
  const { page } = await visit(browser);
  await enter(page);
  await createApplication(page, 'Keys');
  await page.getByRole('link', { name: 'API keys' }).click();
  await page.getByRole('heading', { name: 'New API key' }).waitFor();
  await page.getByLabel('Name').fill('till');
  await page.getByLabel('Who may use it').selectOption('ip');
  await page.getByLabel('IP addresses').fill('10.0.0.300');
  await page.getByRole('button', { name: 'Issue the key' }).click();
  await page.locator('.mantine-InputWrapper-error').filter({ hasText: '10.0.0.300' }).waitFor();
  await page.getByLabel('IP addresses').fill('10.0.0.0/8');
  await page.getByRole('button', { name: 'Issue the key' }).click();
  await page.getByText('Keep this key now').waitFor();
  await page.getByRole('cell', { name: 'till' }).waitFor();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Key revoked').waitFor();
  await page.getByText('No API keys yet').waitFor();
});

it('subscribes with a plan, changes it, says what a block means, and unsubscribes', async () => {
  const { page } = await visit(browser);
  await enter(page);
  const applicationId = await createApplication(page, 'Subscriber');
  await page.goto(`${base}/apis/${apiId}/credentials`);
  await page.getByRole('combobox', { name: 'Application' }).fill('Subscr');
  await page.getByRole('option', { name: 'Subscriber' }).click();
  await page.getByRole('radio', { name: 'Bronze' }).check();
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await page.getByRole('cell', { name: 'Bronze' }).waitFor();
  await page.getByRole('button', { name: 'Change the plan' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Unlimited' }).check();
  await dialog.getByRole('button', { name: 'Change the plan' }).click();
  await page.getByRole('cell', { name: 'Unlimited' }).waitFor();

  const own = await page.evaluate(async (id) => {
    const headers = { 'x-tollgate-portal': 'devportal' };
    const answer = await fetch(`/api/am/devportal/v3/subscriptions?applicationId=${id}`, { headers });
    return ((await answer.json()) as { list: { subscriptionId: string }[] }).list[0]?.subscriptionId ?? '';
  }, applicationId);
  const block = `${publisher}/subscriptions/block-subscription?subscriptionId=${own}&blockState=PROD_ONLY_BLOCKED`;
  expect((await admin.call('POST', block)).status).toBe(200);
  await page.goto(`${base}/applications/${applicationId}/subscriptions`);
  await page.getByText('The publisher has blocked calls with production keys').waitFor();
  await page.getByRole('button', { name: 'Unsubscribe' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unsubscribe' }).click();
  await page.getByText('No subscriptions yet').waitFor();
});

it('takes ratings and comments; authors change theirs, the team replies in the publisher, administrators moderate', async () => {
  const visitor = await visit(browser);
  const comments = `${base}/apis/${apiId}/comments`;
  await visitor.page.goto(comments);
  await visitor.page.getByText('Nobody has rated this API yet').waitFor();
  await visitor.page.getByText('No comments yet').waitFor();
  await visitor.page.getByText('Sign in to rate this API').waitFor();
  expect(await visitor.page.getByLabel('Write a comment').count()).toBe(0);

  const { page, complaints } = await visit(browser);
  await enter(page, `/apis/${apiId}/comments`);
  await page.goto(comments);
  await page.getByRole('radio', { name: '4 stars' }).press('Space');
  await page.getByText('4.0 of 5 stars, from 1 rating').waitFor();
  await page.getByLabel('Write a comment').fill('x'.repeat(513));
  await page.getByText('At most 512 characters').waitFor();
  expect(await page.getByRole('button', { name: 'Comment', exact: true }).isDisabled()).toBe(true);
  await page.getByLabel('Write a comment').fill('How do I page?\n<b>Thanks</b>');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await page.getByText('Comment posted').waitFor();
  await page.getByText('<b>Thanks</b>').waitFor();
  await page.getByRole('button', { name: 'Edit: comment by dora' }).click();
  await page.getByLabel('Your comment').fill('How do I turn pages?');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/changed \w/).waitFor();

  const team = await visit(browser);
  await team.page.goto(`${installation.controlPlanes[0]}/publisher/apis/${apiId}/comments`);
  await signIn(team.page, installation.admin);
  await team.page.getByText('How do I turn pages?').waitFor();
  await team.page.getByRole('button', { name: 'Reply: comment by dora' }).click();
  await team.page.getByLabel('Reply to dora').fill('With limit and offset.');
  await team.page.getByRole('button', { name: 'Reply', exact: true }).click();
  await team.page.getByText('Reply posted').waitFor();
  expect(await team.page.getByRole('button', { name: 'Edit: comment by dora' }).count()).toBe(0);
  expect(await barriers(team.page)).toEqual([]);

  await page.reload();
  await page.getByRole('article', { name: 'Comment by admin' }).getByText('API team').waitFor();
  expect(await page.getByRole('button', { name: 'Delete: comment by admin' }).count()).toBe(0);
  await page.goto(`${base}/apis`);
  await page.getByRole('img', { name: '4.0 of 5 stars' }).waitFor();
  await page.goto(comments);
  await page.getByRole('button', { name: 'Take your rating back' }).click();
  await page.getByText('Nobody has rated this API yet').waitFor();

  await team.page.getByRole('button', { name: 'Delete: comment by dora' }).click();
  await team.page.getByRole('dialog').getByText('and 1 reply to it').waitFor();
  await team.page.getByRole('dialog').getByRole('button', { name: 'Delete the comment' }).click();
  await team.page.getByText('No comments yet').waitFor();
  await visitor.page.reload();
  await visitor.page.getByText('No comments yet').waitFor();
  expect([...complaints, ...team.complaints, ...visitor.complaints]).toEqual([]);
});

it('changes the own password, and says at the field when the present one is wrong', async () => {
  const other = ['dan', 'a-Password-for-developers-9'] as const;
  const { page } = await visit(browser);
  await signUp(page, other);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await signIn(page, other);
  await page.getByRole('button', { name: 'dan' }).waitFor();
  await page.getByRole('link', { name: 'Profile' }).click();
  const present = page.getByRole('textbox', { name: 'Present password' });
  await present.fill('not this one');
  await page.getByRole('textbox', { name: 'New password' }).fill('another-Password-of-dan-1');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('This is not your present password.').waitFor();
  await present.fill(other[1]);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('Password changed').waitFor();
});

it(
  'puts no barrier of the serious kind on any page, speaks Chinese, and fits a phone',
  { timeout: 180_000 },
  async () => {
    const phone = { viewport: { width: 375, height: 740 }, locale: 'zh-CN', hasTouch: true };
    const { page, complaints } = await visit(browser, phone);
    await page.goto(`${base}/apis`);
    await page.getByRole('link', { name: 'Orders' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-Hans');
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await signIn(page, developer);
    await page.getByRole('button', { name: developer[0] }).waitFor();
    const application = await page.evaluate(async () => {
      const headers = { 'x-tollgate-portal': 'devportal', 'content-type': 'application/json' };
      const body = JSON.stringify({ name: 'Phone', throttlingPolicy: 'Unlimited' });
      const made = await fetch('/api/am/devportal/v3/applications', { method: 'POST', headers, body });
      const { applicationId } = (await made.json()) as { applicationId: string };
      const keys = JSON.stringify({ keyType: 'PRODUCTION', grantTypesToBeSupported: ['client_credentials'] });
      await fetch(`/api/am/devportal/v3/applications/${applicationId}/generate-keys`, {
        method: 'POST',
        headers,
        body: keys,
      });
      return applicationId;
    });
    await commentAndRate();
    const ofApi = ['overview', 'credentials', 'api-console', 'documents', 'comments', 'definition'].map(
      (page_) => `/apis/${apiId}/${page_}`,
    );
    const ofApplication = ['overview', 'productionkeys', 'sandboxkeys', 'apikeys', 'subscriptions'];
    const paths = [
      '/apis',
      ...ofApi,
      '/applications',
      '/applications/create',
      ...ofApplication.map((section) => `/applications/${application}/${section}`),
      '/profile',
      '/signup',
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const path of paths) {
        await page.goto(base + path);
        await page.waitForLoadState('networkidle');
        expect(await barriers(page), `${path} ${colorScheme}`).toEqual([]);
        expect(await overflowOf(page), `${path} is no wider than the phone`).toBeLessThanOrEqual(0);
      }
    }
    expect(complaints).toEqual([]);
  },
);

it('loads no more than 200 kB of script first, compressed', async () => {
  const { page } = await visit(browser);
  await page.goto(`${base}/apis`);
  await page.getByRole('link', { name: 'Orders' }).waitFor();
  const { count, gzipBytes } = await loadedScripts(page);
  expect(count).toBeGreaterThan(3);
  expect(gzipBytes).toBeLessThanOrEqual(200 * 1024);
});
