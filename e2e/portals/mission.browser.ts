import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { barriers, openBrowser, overflowOf, signIn, visit, type Visit } from '../support/browser.js';
import { adminApi, Caller } from '../support/caller.js';
import { embedded, type SingleInstallation } from '../support/settings.js';

vi.setConfig({ testTimeout: 180_000 });
let installation: SingleInstallation;
let backEnd: BackEnd;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  installation = await embedded();
  backEnd = await startBackEnd('mission');
  browser = await openBrowser();
  origin = installation.controlPlanes[0] ?? '';
  const admin = await Caller.signIn(installation);
  const config = await admin.call('GET', `${adminApi}/tenant-config`);
  const json = { ...config.body, SelfSignUp: { EnableSignup: true, SignUpRoles: ['Internal/subscriber'] } };
  expect((await admin.call('PUT', `${adminApi}/tenant-config`, { json })).status).toBe(200);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await backEnd?.close();
  await installation?.stop();
});

const definition = (title: string): string =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title, version: '1.0.0' },
    paths: { '/orders': { get: { responses: { 200: { description: 'All' } } } } },
  });

/** A page of a portal in a fresh profile, as the administrator. */
async function adminAt(path: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const visited = await visit(browser, options);
  await visited.page.goto(origin + path);
  await signIn(visited.page, installation.admin);
  return visited;
}

/** Words of the buttons and fields that the mission presses and fills. */
interface Words {
  readonly createApi: string;
  readonly backEnd: string;
  readonly createAndPublish: string;
  readonly userName: string;
  readonly mail: string;
  readonly password: string;
  readonly createAccount: string;
  readonly signIn: string;
  readonly search: string;
  readonly getKey: string;
  readonly name: string;
  readonly createApplication: string;
  readonly subscribe: string;
  readonly productionKeys: string;
  readonly generateKeys: string;
  readonly subscriptions: string;
  readonly tryIt: string;
  readonly send: string;
  readonly answer: string;
}
const english: Words = {
  createApi: 'Create an API',
  backEnd: 'Back end',
  createAndPublish: 'Create and publish',
  userName: 'User name',
  mail: 'E-mail',
  password: 'Password',
  createAccount: 'Create the account',
  signIn: 'Sign in',
  search: 'Search',
  getKey: 'Get a key',
  name: 'Name',
  createApplication: 'Create an application',
  subscribe: 'Subscribe',
  productionKeys: 'Production keys',
  generateKeys: 'Generate keys',
  subscriptions: 'Subscriptions',
  tryIt: 'Try it',
  send: 'Send',
  answer: 'Answer',
};

const chinese: Words = {
  createApi: '创建 API',
  backEnd: '后端',
  createAndPublish: '创建并发布',
  userName: '用户名',
  mail: '电子邮件',
  password: '密码',
  createAccount: '创建帐户',
  signIn: '登录',
  search: '搜索',
  getKey: '获取密钥',
  name: '名称',
  createApplication: '创建应用',
  subscribe: '订阅',
  productionKeys: '生产密钥',
  generateKeys: '生成密钥',
  subscriptions: '订阅',
  tryIt: '试一试',
  send: '发送',
  answer: '响应',
};

/** From an OpenAPI file to an API that is deployed and published. @returns its id */
async function publish(title: string, words: Words, options: BrowserContextOptions): Promise<string> {
  const { page, complaints } = await adminAt('/publisher/apis', options);
  await page.getByRole('link', { name: words.createApi }).first().click();
  const file = { name: 'orders.json', mimeType: 'application/json', buffer: Buffer.from(definition(title)) };
  await page.setInputFiles('input[type=file]', file);
  await page.getByLabel(words.backEnd).fill(backEnd.url);
  await page.getByRole('button', { name: words.createAndPublish }).click();
  await page.waitForURL(/\/apis\/[^/]+\/overview$/);
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
  return /apis\/([^/]+)/.exec(page.url())?.[1] ?? '';
}

/** From a visitor to the try-out console, with an application that is subscribed and has keys. */
async function subscribe(title: string, user: string, words: Words, options: BrowserContextOptions): Promise<Visit> {
  const { page, complaints } = await visit(browser, options);
  const password = `a-Password-of-${user}-8`;
  await page.goto(`${origin}/devportal/signup`);
  await page.getByLabel(words.userName).fill(user);
  await page.getByLabel(words.mail).fill(`${user}@example.com`);
  await page.getByRole('textbox', { name: words.password }).fill(password);
  await page.getByRole('button', { name: words.createAccount }).click();
  await page.getByRole('main').getByRole('button', { name: words.signIn }).click();
  await signIn(page, [user, password]);
  await page.getByRole('button', { name: user }).waitFor();
  await page.goto(`${origin}/devportal/apis`);
  await page.getByLabel(words.search).fill(title);
  await page.getByRole('link', { name: title }).click();
  await page.getByRole('link', { name: words.getKey }).click();
  await page.getByLabel(words.name).fill('My first app');
  await page.getByRole('button', { name: words.createApplication }).click();
  await page.getByRole('button', { name: words.subscribe, exact: true }).click();
  await page.getByRole('table').getByText('My first app').first().click();
  await page.getByRole('link', { name: words.productionKeys }).click();
  await page.getByRole('button', { name: words.generateKeys }).click();
  await page.getByRole('alert').locator('code').waitFor();
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  // The secret is shown once: by links from here on, so that the page still has it for the test token.
  await page.getByRole('main').getByRole('link', { name: words.subscriptions }).click();
  await page.getByRole('table').getByRole('link', { name: title }).click();
  await page.getByRole('link', { name: words.tryIt }).click();
  await page.getByRole('button', { name: words.send }).waitFor();
  return { page, complaints };
}

/** Presses the console's button until the answer has the status: what was changed before is on its way to the gateway. */
async function answers(page: Page, status: number, words: Words = english): Promise<void> {
  await vi.waitFor(
    async () => {
      const [answered] = await Promise.all([
        page.waitForResponse((response) => response.url().endsWith('/try-out')),
        page.getByRole('button', { name: words.send, exact: true }).click(),
      ]);
      expect(await answered.json()).toMatchObject({ status });
    },
    { timeout: 80_000, interval: 500 },
  );
  await page.getByRole('region', { name: words.answer }).getByText(String(status), { exact: true }).waitFor();
}

it('publishes, subscribes, tries out, lowers a policy, denies, lifts and retires, each person in a fresh profile', async () => {
  const apiId = await publish('Orders', english, {});
  const developer = await subscribe('Orders', 'dora', english, {});
  await answers(developer.page, 200);
  const answer = developer.page.getByRole('region', { name: 'Answer' });
  await answer.getByText('"backEnd": "mission"').waitFor();

  const admin = await adminAt('/admin/throttling/application');
  await admin.page.getByRole('link', { name: '10PerMin' }).click();
  await admin.page.getByLabel('How many').fill('1');
  await admin.page.getByRole('button', { name: 'Save' }).click();
  await admin.page.getByText('Saved', { exact: true }).waitFor();
  await answers(developer.page, 429);
  await answer.getByText('The limit of the application is used up.').waitFor();
  await answer.getByText(/^Calls work again from /).waitFor();

  await admin.page.getByRole('link', { name: 'Deny list' }).click();
  await admin.page.getByRole('button', { name: 'Deny…' }).click();
  await admin.page.getByRole('dialog').getByLabel('User name').fill('dora');
  await admin.page.getByRole('dialog').getByRole('button', { name: 'Deny now' }).click();
  await answers(developer.page, 403);
  await answer.getByText('An administrator has denied these calls.').waitFor();
  await admin.page.getByRole('switch', { name: 'Denied: dora@carbon.super' }).click();
  await admin.page.getByText('Allowed again: dora@carbon.super').waitFor();
  await answers(developer.page, 200);

  const { page, complaints } = await adminAt(`/publisher/apis/${apiId}/lifecycle`);
  await page.getByRole('button', { name: /^Deprecate/ }).click();
  await page.getByRole('button', { name: /^Retire/ }).waitFor();
  await answers(developer.page, 200);
  await page.getByRole('button', { name: /^Retire/ }).click();
  await page.getByRole('button', { name: /^Retire/ }).waitFor({ state: 'detached' });
  await developer.page.getByRole('button', { name: 'Send', exact: true }).click();
  await developer.page.getByText('This API is not open to subscribers.').waitFor();
  for (const seen of [complaints, admin.complaints, developer.complaints]) expect(seen).toEqual([]);
});

it('does the same at the size of a phone', async () => {
  const phone = { viewport: { width: 375, height: 740 }, hasTouch: true };
  await publish('Phone', english, phone);
  const { page, complaints } = await subscribe('Phone', 'phil', english, phone);
  await answers(page, 200);
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  expect(await barriers(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

it('does the same in Simplified Chinese', async () => {
  const options = { locale: 'zh-CN' };
  await publish('Chinese', chinese, options);
  const { page, complaints } = await subscribe('Chinese', 'li', chinese, options);
  await answers(page, 200, chinese);
  expect(complaints).toEqual([]);
});
