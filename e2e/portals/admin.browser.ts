import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { AdminPortal } from '../support/admin-portal.js';
import { barriers, loadedScripts, overflowOf, visit } from '../support/browser.js';
import { adminApi, devportal, type Caller } from '../support/caller.js';
import { startPartner } from '../support/partner.js';
import { consumerOf, publishApi } from '../support/product.js';
import { eventually, send } from '../support/rest.js';
import type { SingleInstallation } from '../support/settings.js';

/** Keys of texts, which stand on a page only where a translation is missing. */
const textKeys =
  /\b(?:nav|common|error|state|merge|advanced|application|subscription|policy|limit|unit|burst|plan|roles|groups|condition|says|transfer|done|rule|deny|topology|task|audit|environment|keyManager|identityProvider|scope|tenant|user|role)\.[a-zA-Z]+/;
vi.setConfig({ testTimeout: 90_000 });
let portal: AdminPortal;
let installation: SingleInstallation;
let backEnd: BackEnd;
let browser: Browser;
let admin: Caller;
let base: string;

beforeAll(async () => {
  portal = await AdminPortal.start();
  ({ installation, browser, admin, base } = portal);
  backEnd = await startBackEnd('orders');
}, 300_000);
afterAll(async () => {
  await backEnd?.close();
  await portal?.stop();
});

const enter = (page: Page, path?: string): Promise<void> => portal.enter(page, path);

interface Listed {
  readonly policyId: string;
  readonly policyName: string;
}

/** Resources of SCIM. */
async function scimList(path: string): Promise<readonly { readonly id: string }[]> {
  const { body } = await admin.call('GET', `/scim2${path}`);
  return body['Resources'] as { id: string }[];
}

async function policyOf(level: string, name: string): Promise<Listed & Record<string, unknown>> {
  const { body } = await admin.call('GET', `${adminApi}/throttling/policies/${level}`);
  const found = (body['list'] as Listed[]).find(({ policyName }) => policyName === name);
  return (await admin.call('GET', `${adminApi}/throttling/policies/${level}/${found?.policyId}`)).body as never;
}

it('builds condition groups whose meaning it says in words, and stores what was built', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page);
  await page.getByRole('link', { name: 'Create a policy' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Trials');
  await page.getByRole('button', { name: 'Add a group' }).click();
  const group = page.getByRole('group', { name: 'Group 1' });
  await group.getByRole('combobox', { name: 'Condition' }).selectOption('header');
  await group.getByLabel('Header name').fill('X-Plan');
  await group.getByLabel('Pattern in the value').fill('^trial');
  await group.getByRole('button', { name: 'Add a condition' }).click();
  await group.getByRole('combobox', { name: 'Condition' }).nth(1).selectOption('range');
  await group.getByLabel('First address').fill('10.0.0.1');
  await group.getByLabel('Last address').fill('10.0.0.9');
  await group.getByLabel('not').nth(1).check();
  await group.getByLabel('How many').fill('10');
  const meaning =
    "When the header X-Plan matches ^trial and the caller's address is outside 10.0.0.1 to 10.0.0.9: 10 requests per 1 min.";
  await page.getByText(meaning).waitFor();
  await page.getByText('Every other request: 1,000 requests per 1 min.').waitFor();
  await page.getByRole('button', { name: 'Create a policy' }).click();
  await page.getByText('Trials created').waitFor();
  expect(await policyOf('advanced', 'Trials')).toMatchObject({
    defaultLimit: { requestCount: { requestCount: 1000, unitTime: 1, timeUnit: 'min' } },
    conditionalGroups: [
      {
        limit: { requestCount: { requestCount: 10 } },
        conditions: [
          { type: 'HEADERCONDITION', headerCondition: { headerName: 'X-Plan', headerValue: '^trial' } },
          { type: 'IPCONDITION', invertCondition: true, ipCondition: { startingIP: '10.0.0.1', endingIP: '10.0.0.9' } },
        ],
      },
    ],
  });
  expect(complaints).toEqual([]);
});

it('keeps what was typed and says what is wrong when the server refuses a policy', async () => {
  const { page } = await visit(browser);
  await enter(page, '/throttling/advanced/create');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Bad name');
  await page.getByRole('button', { name: 'Add a group' }).click();
  await page.getByLabel('Address', { exact: true }).fill('10.0.0.300');
  await page.getByRole('button', { name: 'Create a policy' }).click();
  const problems = page.getByRole('alert');
  await problems.getByText('conditionalGroups[0].conditions[0].ipCondition.specificIP').waitFor();
  await problems.getByText('policyName').waitFor();
  expect(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe('Bad name');
});

it('makes plans with burst, price, roles and attributes, changes and exports them, and deletes by name', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page, '/throttling/subscription/create');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Platinum');
  await page.getByLabel('What is counted').selectOption('BANDWIDTHLIMIT');
  await page.getByLabel('How many').fill('5');
  await page.getByLabel('Unit', { exact: true }).selectOption('GB');
  await page.getByLabel('Time', { exact: true }).selectOption('month');
  await page.getByLabel('Burst limit, requests').fill('20');
  await page.getByLabel('Stop when the quota is used up').check();
  await page.getByLabel('Price', { exact: true }).selectOption('FIXEDRATE');
  await page.getByLabel('Price per cycle').fill('9.90');
  await page.getByLabel('Who may choose it').selectOption('ALLOW');
  await page.getByRole('combobox', { name: 'Roles' }).fill('Internal/subscriber');
  await page.getByRole('combobox', { name: 'Roles' }).press('Enter');
  await page.getByRole('button', { name: 'Add an attribute' }).click();
  const attributes = page.getByRole('region', { name: 'Attributes' });
  await attributes.getByLabel('Name').fill('support');
  await attributes.getByLabel('Value').fill('24x7');
  await page.getByRole('button', { name: 'Create a policy' }).click();
  await page.getByText('Platinum created').waitFor();
  await page.getByRole('cell', { name: '5 GB per 1 month' }).waitFor();
  expect(await policyOf('subscription', 'Platinum')).toMatchObject({
    rateLimitCount: 20,
    rateLimitTimeUnit: 'sec',
    stopOnQuotaReach: true,
    billingPlan: 'COMMERCIAL',
    monetization: { monetizationPlan: 'FIXEDRATE', properties: { fixedPrice: '9.90', currencyType: 'EUR' } },
    permissions: { permissionType: 'ALLOW', roles: ['Internal/subscriber'] },
    customAttributes: [{ name: 'support', value: '24x7' }],
  });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export: Platinum' }).click(),
  ]);
  const file = await download.path();
  await page.getByRole('button', { name: 'Delete: Platinum' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Platinum deleted').waitFor();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
  await page.getByText('Policy imported').waitFor();
  await page.getByRole('cell', { name: '5 GB per 1 month' }).waitFor();
  expect(complaints).toEqual([]);
});

it('merges changes of different fields, and lets people choose between changes of the same one', async () => {
  const { page } = await visit(browser);
  const { policyId, ...policy } = await policyOf('application', '50PerMin');
  const path = `${adminApi}/throttling/policies/application/${policyId}`;
  const change = async (more: object): Promise<void> => {
    const json = { ...(await admin.call('GET', path)).body, ...more };
    expect((await admin.call('PUT', path, { json })).status).toBe(200);
  };
  await enter(page, `/throttling/application/${policyId}`);
  await page.getByLabel('Burst limit, requests').fill('7');
  await change({ description: 'theirs' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('both changes are kept').waitFor();
  expect((await admin.call('GET', path)).body).toMatchObject({
    description: 'theirs',
    burstLimit: { rateLimitCount: 7, rateLimitTimeUnit: 'sec' },
  });
  await page.getByLabel('Description').fill('mine');
  await change({ description: 'theirs again' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody else changed this meanwhile').waitFor();
  expect(((await admin.call('GET', path)).body as { description: string }).description).toBe('theirs again');
  await page.getByLabel('Mine: mine').check();
  await page.getByRole('button', { name: 'Save this choice' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  expect(((await admin.call('GET', path)).body as { description: string }).description).toBe('mine');
  await change(policy);
});

it('says by whom a policy is used that cannot be deleted', async () => {
  const { page } = await visit(browser);
  await enter(page, '/throttling/subscription');
  await page.getByRole('button', { name: 'Delete: Unauthenticated' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('The policy "Unauthenticated" belongs to the product and stays.').waitFor();
});

it('denies a user by clicks, lifts it by one switch, and lowers a policy: the developer sees 403, 200, 429', async () => {
  const apiId = await publishApi(admin, { name: 'orders', url: backEnd.url });
  const { token } = await consumerOf(admin, apiId, { name: 'Shop front', policy: '20PerMin' });
  const call = () => send('GET', `${installation.gateways[0]}/orders/1.0.0/all`, { token });
  const becomes = async (status: number) => {
    const answer = await eventually(call, (one) => one.status === status);
    expect(answer, answer.text).toMatchObject({ status });
    return answer;
  };
  await becomes(200);
  const { page, complaints } = await visit(browser);
  await enter(page, '/throttling/deny-policies');
  await page.getByRole('button', { name: 'Deny…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('User name').fill('two words');
  await dialog.getByRole('button', { name: 'Deny now' }).click();
  await dialog.getByText('Write it like "bob@carbon.super".').waitFor();
  await dialog.getByLabel('User name').fill(installation.admin[0]);
  await dialog.getByRole('button', { name: 'Deny now' }).click();
  await page.getByRole('cell', { name: 'admin@carbon.super', exact: true }).waitFor();
  expect((await becomes(403)).text).toContain('900805');
  await page.getByRole('switch', { name: 'Denied: admin@carbon.super' }).click();
  await page.getByText('Allowed again: admin@carbon.super').waitFor();
  await becomes(200);
  await page.getByRole('button', { name: 'Delete: admin@carbon.super' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Nobody is denied').waitFor();

  await page.getByRole('button', { name: 'Deny…' }).click();
  await dialog.getByLabel('Kind').selectOption('SUBSCRIPTION');
  await dialog.getByLabel('Context with version').fill('/orders/1.0.0');
  await dialog.getByLabel('Version of the API').fill('1.0.0');
  await dialog.getByLabel('Owner of the application').fill(installation.admin[0]);
  await dialog.getByLabel('Application', { exact: true }).fill('Shop front');
  expect(await dialog.getByLabel('Keys').inputValue()).toBe('PRODUCTION');
  await dialog.getByRole('button', { name: 'Deny now' }).click();
  const subscription = '/orders/1.0.0:1.0.0:admin-Shop front:PRODUCTION';
  await page.getByRole('cell', { name: subscription, exact: true }).waitFor();
  expect((await becomes(403)).text).toContain('900805');
  await page.getByRole('button', { name: `Delete: ${subscription}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Nobody is denied').waitFor();
  await becomes(200);

  await page.getByRole('link', { name: 'Application policies' }).click();
  await page.getByRole('link', { name: '20PerMin' }).click();
  await page.getByLabel('How many').fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const refused = await becomes(429);
  expect(refused.body).toMatchObject({
    code: '900803',
    description: expect.stringMatching(/^You have exceeded your quota .You can access API after 20/),
  });
  expect(refused.headers.get('ratelimit-policy')).toContain('20PerMin');
  expect(Date.parse(refused.headers.get('retry-after') ?? '')).not.toBeNaN();
  expect(complaints).toEqual([]);
});

it('denies every address but a range, in words', async () => {
  const { page } = await visit(browser);
  await enter(page, '/throttling/deny-policies');
  await page.getByRole('button', { name: 'Deny…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Kind').selectOption('IPRANGE');
  await dialog.getByLabel('First address').fill('127.0.0.0');
  await dialog.getByLabel('Last address').fill('127.255.255.255');
  await dialog.getByLabel('Deny every other address instead').check();
  await dialog.getByText('Every address that is not given here will be refused').waitFor();
  await dialog.getByRole('button', { name: 'Deny now' }).click();
  await page.getByRole('cell', { name: 'every address but 127.0.0.0 to 127.255.255.255', exact: true }).waitFor();
  const { body } = await admin.call('GET', `${adminApi}/throttling/deny-policies`);
  expect(body['list']).toMatchObject([
    { conditionValue: { startingIp: '127.0.0.0', endingIp: '127.255.255.255', invert: true } },
  ]);
});

it('checks a custom rule while it is typed, leads to the place, and puts the suggestion there', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page, '/throttling/custom');
  await page.getByRole('link', { name: 'Create a custom rule' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('PerUser');
  await page.getByRole('button', { name: 'calls of each user of one API' }).click();
  await page.getByText('This rule can run').waitFor();
  const text = page.getByLabel('Rule (SiddhiQL)');
  const written = await text.inputValue();
  await text.fill(written.replace('SELECT userId', 'SELECT userID'));
  await page.getByText('This rule cannot run yet').waitFor();
  expect(await page.locator('mark').first().innerText()).toBe('userID');
  await page.getByRole('button', { name: 'line 2, column 8' }).click();
  const chosen = await text.evaluate((area: HTMLTextAreaElement) =>
    area.value.slice(area.selectionStart, area.selectionEnd),
  );
  expect(chosen).toBe('userID');
  await page.getByRole('button', { name: 'Use userId' }).first().click();
  await page.getByText('This rule can run').waitFor();
  expect(await text.inputValue()).toBe(written);
  await page.getByRole('textbox', { name: 'Key template' }).fill('$usr');
  await page.getByText('key template, column 1').waitFor();
  await page.getByRole('textbox', { name: 'Key template' }).fill('$apiContext:$userId');
  await page.getByText('This rule can run').waitFor();
  await page.getByRole('button', { name: 'Create a custom rule' }).click();
  await page.getByText('PerUser created').waitFor();
  await page.getByRole('link', { name: 'PerUser' }).click();
  await page.getByLabel('In force').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const { body } = await admin.call('GET', `${adminApi}/throttling/policies/custom`);
  expect(body['list']).toMatchObject([{ policyName: 'PerUser', siddhiQuery: written, isDeployed: false }]);
  expect(complaints).toEqual([]);
});

it('shows the nodes as they see themselves, and on which of them every policy is live', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page, '/');
  await page.getByRole('heading', { name: 'Live topology' }).waitFor();
  await page.getByText('No node has a problem').waitFor();
  const nodes = page.getByRole('table', { name: 'Nodes' });
  await nodes.getByRole('row').filter({ hasText: 'gateway' }).filter({ hasText: 'ok' }).first().waitFor();
  await page.getByText(/All \d+ are live on every node in their present version\./).waitFor();
  await page.getByLabel('Show all').click();
  const live = page.getByRole('table', { name: 'Policies, rules and denials on nodes' });
  await live.getByRole('cell', { name: 'Gold (business plan)', exact: true }).waitFor();
  expect(await live.textContent()).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/); // names, no ids
  expect(new URL(page.url()).searchParams.get('policies')).toBe('all');
  expect(complaints).toEqual([]);
});

it('lets an application be made after approval, and rejects another one with a reason', async () => {
  const config = (await admin.call('GET', `${adminApi}/tenant-config`)).body;
  const extensions = (executor: string) => ({
    ...config,
    WorkflowExtensions: { ...(config['WorkflowExtensions'] as object), ApplicationCreation: { executor } },
  });
  const asks = await admin.call('PUT', `${adminApi}/tenant-config`, { json: extensions('approval') });
  expect(asks, asks.text).toMatchObject({ status: 200 });
  const ids: string[] = [];
  for (const name of ['Wanted', 'Unwanted']) {
    const json = { name, throttlingPolicy: 'Unlimited', tokenType: 'JWT' };
    ids.push(String((await admin.call('POST', `${devportal}/applications`, { json })).body['applicationId']));
  }
  const { page, complaints } = await visit(browser);
  await enter(page, '/tasks');
  await page.getByLabel('Kind of request').selectOption('APPLICATION_CREATION');
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
  await row('Wanted').getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Approved', { exact: true }).waitFor();
  await row('Unwanted').getByRole('button', { name: 'Reject' }).click();
  const reject = page.getByRole('dialog').getByRole('button', { name: 'Reject' });
  expect(await reject.isDisabled()).toBe(true);
  await page.getByRole('dialog').getByLabel('Reason').fill('We have one of these.');
  await reject.click();
  await page.getByText('Nothing waits for approval').waitFor();
  const states = await Promise.all(ids.map((id) => admin.call('GET', `${devportal}/applications/${id}`)));
  expect(states.map(({ body }) => body['status'])).toEqual(['APPROVED', 'REJECTED']);
  expect((await admin.call('PUT', `${adminApi}/tenant-config`, { json: config })).status).toBe(200);
  expect(complaints).toEqual([]);
});

it('makes, changes and deletes gateway environments, and shows the gateways of one', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page, '/settings/environments');
  await page.getByRole('link', { name: 'Create an environment' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Europe');
  await page.getByRole('textbox', { name: 'Host' }).fill('not a host');
  await page.getByRole('button', { name: 'Create an environment' }).click();
  await page.getByText('Use a host name such as gw.example.com.').waitFor();
  await page.getByRole('textbox', { name: 'Host' }).fill('eu.example.com');
  await page.getByRole('button', { name: 'Create an environment' }).click();
  await page.getByRole('cell', { name: 'eu.example.com:8243' }).waitFor();
  await page.getByRole('link', { name: 'Europe' }).click();
  await page.getByText('No gateway serves this environment').waitFor();
  await page.getByRole('textbox', { name: 'Name for people' }).fill('Europe, west');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Europe, west' }).waitFor();
  await page.getByRole('link', { name: 'Gateway environments' }).click();
  await page.getByRole('link', { name: 'Default' }).click();
  await page.getByRole('table', { name: 'Gateways' }).waitFor();
  await page.getByRole('link', { name: 'Gateway environments' }).click();
  await page.getByRole('button', { name: 'Delete: Europe' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Europe deleted').waitFor();
  expect(complaints).toEqual([]);
});

it('registers a key manager from its well-known address, switches it off and removes it', async () => {
  const partner = await startPartner();
  const { page } = await visit(browser);
  await enter(page, '/settings/key-managers');
  await page.getByRole('link', { name: 'Register a key manager' }).click();
  await page.getByLabel('Well-known URL').fill('no address');
  await page.getByRole('button', { name: 'Discover' }).click();
  await page.getByRole('alert').first().waitFor();
  await page.getByLabel('Well-known URL').fill(`${partner.issuer}/.well-known/openid-configuration`);
  await page.getByRole('button', { name: 'Discover' }).click();
  await page.getByText('The form is filled in').waitFor();
  expect(await page.getByRole('textbox', { name: 'Issuer' }).inputValue()).toBe(partner.issuer);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Partner');
  await page.getByRole('button', { name: 'Register a key manager' }).click();
  await page.getByText('Partner created').waitFor();
  await page.getByRole('switch', { name: 'In use: Partner' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const { body } = await admin.call('GET', `${adminApi}/key-managers`);
  expect(body['list']).toContainEqual(expect.objectContaining({ name: 'Partner', enabled: false }));
  await page.getByRole('button', { name: 'Delete: Partner' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Partner deleted').waitFor();
  await partner.stop();
});

it(
  'puts no barrier of the serious kind on any page, in any language and colour, and fits a phone',
  { timeout: 240_000 },
  async () => {
    const { policyId } = await policyOf('advanced', 'Trials');
    const { policyId: planId } = await policyOf('subscription', 'Gold');
    const environments = (await admin.call('GET', `${adminApi}/environments`)).body['list'] as { id: string }[];
    const [environment] = environments;
    const [user] = await scimList('/Users');
    const [role] = await scimList('/Groups?filter=displayName%20eq%20%22admin%22');
    const paths = [
      '/throttling/advanced',
      '/throttling/advanced/create',
      `/throttling/advanced/${policyId}`,
      '/throttling/application',
      '/throttling/application/create',
      '/throttling/subscription',
      `/throttling/subscription/${planId}`,
      '/throttling/custom',
      '/throttling/custom/create',
      '/throttling/deny-policies',
      '/dashboard',
      '/dashboard?policies=all',
      '/tasks',
      '/users',
      '/users/create',
      `/users/${user?.id}`,
      '/roles',
      `/roles/${role?.id}`,
      '/settings/environments',
      '/settings/environments/create',
      `/settings/environments/${environment?.id}`,
      '/settings/key-managers',
      '/settings/key-managers/create',
      '/settings/identity-providers',
      '/settings/identity-providers/create',
      '/settings/scope-mapping',
      '/settings/advanced',
      '/audit',
    ];
    for (const [locale, language] of [
      ['zh-CN', 'zh-Hans'],
      ['zh-TW', 'zh-Hant'],
    ] as const) {
      const { page, complaints } = await visit(browser, { viewport: { width: 375, height: 740 }, locale });
      await enter(page);
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
      await page.emulateMedia({ colorScheme: language === 'zh-Hans' ? 'light' : 'dark' });
      for (const path of paths) {
        await page.goto(base + path);
        await page.waitForLoadState('networkidle');
        expect(await barriers(page), `${path} ${language}`).toEqual([]);
        expect(await overflowOf(page), `${path} is no wider than the phone`).toBeLessThanOrEqual(0);
        const untranslated = await page.locator('main').innerText();
        expect(untranslated, `${path} ${language}`).not.toMatch(textKeys);
      }
      expect(complaints).toEqual([]);
    }
  },
);

it('loads no more than 200 kB of script first, compressed', async () => {
  const { page } = await visit(browser);
  await enter(page);
  await page.getByRole('cell', { name: '50KPerMin', exact: true }).waitFor();
  const { count, gzipBytes } = await loadedScripts(page);
  expect(count).toBeGreaterThan(3);
  expect(gzipBytes).toBeLessThanOrEqual(200 * 1024);
});

it('signs out here and at the key manager', async () => {
  const { page } = await visit(browser);
  await enter(page);
  await page.getByRole('button', { name: installation.admin[0] }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/oauth2\/interaction\/|\/oidc\/logout/);
  await page.goto(`${base}/throttling/advanced`);
  await page.waitForURL(/\/oauth2\/interaction\//);
});
