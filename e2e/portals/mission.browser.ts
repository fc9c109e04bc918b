import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { openBrowser, overflowOf, signIn, visit, type Visit } from '../support/browser.js';
import { adminApi, Caller } from '../support/caller.js';
import { eventually, send, type Answer } from '../support/rest.js';
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

/** A fresh profile that may read what the pages copy. */
async function profile(options: BrowserContextOptions): Promise<Visit> {
  const visited = await visit(browser, options);
  await visited.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  return visited;
}

async function publisherAt(page: Page, path: string): Promise<void> {
  await page.goto(`${origin}/publisher${path}`);
  await signIn(page, installation.admin);
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
  readonly makeToken: string;
  readonly copyToken: string;
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
  makeToken: 'Make a test token',
  copyToken: 'Copy: Test token',
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
  makeToken: '生成测试令牌',
  copyToken: '复制: 测试令牌',
};

/** From an OpenAPI file to an API that is deployed and published. @returns its id */
async function publish(title: string, words: Words, options: BrowserContextOptions): Promise<string> {
  const { page, complaints } = await profile(options);
  await publisherAt(page, '/apis');
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

/** From a visitor to a token of an application that is subscribed. @returns the token that the page copies */
async function subscribe(title: string, user: string, words: Words, options: BrowserContextOptions): Promise<string> {
  const { page, complaints } = await profile(options);
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
  await page.getByRole('table').getByText('My first app').first().waitFor();
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  await page.goto(`${origin}/devportal/applications`);
  await page.getByRole('link', { name: 'My first app' }).click();
  await page.getByRole('link', { name: words.productionKeys }).click();
  await page.getByRole('button', { name: words.generateKeys }).click();
  await page.getByRole('button', { name: words.makeToken }).click();
  await page.getByRole('button', { name: words.copyToken }).click();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  expect(token).toMatch(/^eyJ/);
  expect(complaints).toEqual([]);
  return token;
}

function call(context: string, token: string): Promise<Answer> {
  return send('GET', `${installation.gateways[0]}/${context}/1.0.0/orders`, { token });
}

it('publishes, subscribes, calls with the copied token, and retires, each person in a fresh profile', async () => {
  const apiId = await publish('Orders', english, {});
  const token = await subscribe('Orders', 'dora', english, {});
  expect(
    (
      await eventually(
        () => call('orders', token),
        ({ status }) => status === 200,
      )
    ).status,
  ).toBe(200);

  const { page, complaints } = await profile({});
  await publisherAt(page, `/apis/${apiId}/lifecycle`);
  await page.getByRole('button', { name: /^Deprecate/ }).click();
  await page.getByRole('button', { name: /^Retire/ }).waitFor();
  expect((await call('orders', token)).status).toBe(200);
  await page.getByRole('button', { name: /^Retire/ }).click();
  await page.getByRole('button', { name: /^Retire/ }).waitFor({ state: 'detached' });
  expect(
    (
      await eventually(
        () => call('orders', token),
        ({ status }) => status === 404,
      )
    ).status,
  ).toBe(404);
  expect(complaints).toEqual([]);
});

it('does the same at the size of a phone', async () => {
  const phone = { viewport: { width: 375, height: 740 }, hasTouch: true };
  await publish('Phone', english, phone);
  const token = await subscribe('Phone', 'phil', english, phone);
  expect(
    (
      await eventually(
        () => call('phone', token),
        ({ status }) => status === 200,
      )
    ).status,
  ).toBe(200);
});

it('does the same in Simplified Chinese', async () => {
  const options = { locale: 'zh-CN' };
  await publish('Chinese', chinese, options);
  const token = await subscribe('Chinese', 'li', chinese, options);
  expect(
    (
      await eventually(
        () => call('chinese', token),
        ({ status }) => status === 200,
      )
    ).status,
  ).toBe(200);
});
