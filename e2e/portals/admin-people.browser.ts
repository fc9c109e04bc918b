import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { AdminPortal } from '../support/admin-portal.js';
import { barriers, signIn, visit } from '../support/browser.js';
import { adminApi, type Caller } from '../support/caller.js';
import { startPartner } from '../support/partner.js';
import type { SingleInstallation } from '../support/settings.js';

vi.setConfig({ testTimeout: 90_000 });
let portal: AdminPortal;
let installation: SingleInstallation;
let browser: Browser;
let admin: Caller;
let base: string;

beforeAll(async () => {
  portal = await AdminPortal.start();
  ({ installation, browser, admin, base } = portal);
}, 300_000);
afterAll(() => portal?.stop());

const enter = (page: Page, path?: string): Promise<void> => portal.enter(page, path);

it('makes people and roles, gives and takes rights, locks, sets passwords, and signs people out', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page, '/roles');
  await page.getByLabel('Name of a new role').fill('support');
  await page.getByRole('button', { name: 'Create a role' }).click();
  await page.getByRole('link', { name: 'support' }).waitFor();
  await page.getByLabel('Name of a new role').fill('support');
  await page.getByRole('button', { name: 'Create a role' }).click();
  await page.getByRole('alert').waitFor();

  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await page.getByRole('link', { name: 'Create a user' }).first().click();
  await page.getByLabel('User name').fill('uma');
  await page.getByRole('textbox', { name: 'Password' }).fill('short');
  await page.getByRole('button', { name: 'Create a user' }).click();
  await page
    .getByRole('alert')
    .getByText(/password/i)
    .first()
    .waitFor();
  const password = 'a-Password-for-uma-8';
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Create a user' }).click();
  await page.getByRole('heading', { name: 'uma', level: 1 }).waitFor();
  const roles = page.getByRole('region', { name: 'Roles' });
  await roles.getByLabel('support').check();
  await roles.getByLabel('Internal/subscriber').check();
  await roles.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const present = await admin.call('GET', '/scim2/Users?filter=userName%20eq%20%22uma%22');
  const [uma] = present.body['Resources'] as { id: string; roles: { display: string }[] }[];
  expect(uma?.roles.map(({ display }) => display)).toEqual(expect.arrayContaining(['support', 'Internal/subscriber']));

  const other = await visit(browser);
  const enterAsUma = async (with_: string): Promise<void> => {
    await other.page.goto(`${installation.controlPlanes[0]}/devportal/apis`);
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await signIn(other.page, ['uma', with_]);
  };
  await enterAsUma(password);
  await other.page.getByRole('button', { name: 'uma' }).waitFor();
  await page.reload();
  await page.getByRole('region', { name: 'Signed in' }).getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByText('Not signed in anywhere').waitFor();
  await other.page.reload();
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();

  await page.getByRole('region', { name: 'New password' }).getByRole('textbox').fill('another-Password-for-uma-9');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByText('Password set').waitFor();
  await enterAsUma('another-Password-for-uma-9');
  await other.page.getByRole('button', { name: 'uma' }).waitFor();
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await page.getByRole('button', { name: 'Unlock' }).waitFor();
  await other.page.reload();
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();

  await page.getByRole('link', { name: 'Roles', exact: true }).click();
  await page.getByRole('link', { name: 'support' }).click();
  await page.getByRole('button', { name: 'Take the role: uma' }).click();
  await page.getByText('Nobody holds this role').waitFor();
  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await page.getByLabel('Search').fill('um');
  await page.getByRole('link', { name: 'admin', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'uma', exact: true }).click();
  await page.getByRole('button', { name: 'Delete: uma' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('uma deleted').waitFor();
  await page.waitForURL(/\/users$/);
  expect([...complaints, ...other.complaints]).toEqual([]);
});

it('gives a role a right, says before who gains and loses it, and switches approval on', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page, '/settings/scope-mapping?q=apim:bl_view');
  await page.getByRole('button', { name: 'Edit: apim:bl_view' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Roles' }).fill('Internal/publisher');
  await dialog.getByRole('combobox', { name: 'Roles' }).press('Enter');
  await dialog.getByRole('combobox', { name: 'Roles' }).press('Tab'); // closes the suggestions, which lie over the buttons
  await dialog.getByText('These roles gain the right: Internal/publisher').waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page
    .getByRole('cell', { name: /Internal\/publisher/ })
    .first()
    .waitFor();
  await page.getByRole('link', { name: 'Organization settings' }).click();
  await page.getByLabel('New subscriptions').selectOption('approval');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
  const { body } = await admin.call('GET', `${adminApi}/tenant-config`);
  expect(body['WorkflowExtensions']).toMatchObject({ SubscriptionCreation: { executor: 'approval' } });
  const scopes = (body['RESTAPIScopes'] as { Scope: { Name: string; Roles: string }[] }).Scope;
  expect(scopes.find(({ Name }) => Name === 'apim:bl_view')?.Roles).toContain('Internal/publisher');
  await page.getByLabel('New subscriptions').selectOption('simple');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect
    .poll(async () => (await admin.call('GET', `${adminApi}/tenant-config`)).body['WorkflowExtensions'])
    .not.toMatchObject({ SubscriptionCreation: { executor: 'approval' } });
  expect(complaints).toEqual([]);
});

it('registers an identity provider, links a person to an account, switches it off and removes it', async () => {
  const partner = await startPartner();
  const { page, complaints } = await visit(browser);
  await enter(page, '/settings/identity-providers');
  await page.getByRole('link', { name: 'Register an identity provider' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('corp');
  await page.getByRole('textbox', { name: 'Name for people' }).fill('Corporate account');
  await page.getByRole('textbox', { name: 'Issuer' }).fill(partner.issuer);
  await page.getByRole('textbox', { name: 'Client ID' }).fill(partner.client.id);
  await page.getByLabel('Client secret').fill(partner.client.secret);
  await page.getByRole('button', { name: 'Add a role' }).click();
  await page.getByRole('textbox', { name: 'Group', exact: true }).fill('makers');
  await page.getByRole('combobox', { name: 'Role', exact: true }).selectOption('Internal/creator');
  await page.getByRole('button', { name: 'Register an identity provider' }).click();
  await page.getByText('corp created').waitFor();
  await page.getByText(/\/oauth2\/federation\/corp$/).waitFor();
  await page.getByRole('textbox', { name: 'Subject' }).fill('person-1');
  await page.getByRole('textbox', { name: 'User', exact: true }).fill('nobody');
  await page.getByRole('button', { name: 'Link', exact: true }).click();
  await page.getByRole('alert').first().waitFor();
  await page.getByRole('textbox', { name: 'User', exact: true }).fill('admin');
  await page.getByRole('button', { name: 'Link', exact: true }).click();
  await page.getByRole('cell', { name: 'person-1', exact: true }).waitFor();
  expect(await barriers(page)).toEqual([]);
  const { body } = await admin.call('GET', `${adminApi}/identity-providers`);
  expect(body['list']).toMatchObject([
    { name: 'corp', enabled: true, roleMappings: [{ group: 'makers', role: 'Internal/creator' }] },
  ]);
  const anonymous = await visit(browser);
  await anonymous.page.goto(base);
  await anonymous.page.getByRole('link', { name: 'Sign in with Corporate account' }).waitFor();
  expect(await barriers(anonymous.page)).toEqual([]);
  await page.getByRole('link', { name: 'Identity providers' }).click();
  await page.getByRole('switch', { name: 'In use: corp' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete: corp' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('corp deleted').waitFor();
  expect(complaints.filter((each) => !each.includes('404'))).toEqual([]);
  await partner.stop();
});

it('shows who did what, filtered by what the address says', async () => {
  const { page, complaints } = await visit(browser);
  await enter(page, '/audit?action=sign-in');
  await page.getByRole('cell', { name: 'sign-in' }).first().waitFor();
  await page.getByLabel('Outcome').selectOption('FAILURE');
  await page.getByText('No entries').waitFor();
  expect(new URL(page.url()).searchParams.get('outcome')).toBe('FAILURE');
  expect(complaints).toEqual([]);
});
