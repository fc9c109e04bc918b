import { systemContext } from '@tollgate/database';
import { OrganizationService, SelfSignUpService, SignInService } from '@tollgate/identity/server';
import { startOAuthTestApp, type OAuthTestApp } from '@tollgate/oauth/testing';
import { WorkflowSettings, Workflows } from '@tollgate/workflow/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, sender, type Send } from '../../test/scim-client.js';
import { AdminScimModule } from './admin-scim.module.js';

let app: OAuthTestApp;
let visitor: Send;
const ctx = systemContext('carbon.super');
const password = 'a quiet place by the sea';

beforeAll(async () => {
  app = await startOAuthTestApp({ imports: [AdminScimModule] });
  const admin = { userName: 'admin', password: 'tenant-password' };
  await app.get(OrganizationService).create(ctx, { domain: 'tenant1.example', admin });
  visitor = sender(app, null);
});
afterAll(() => app.close());

const allow = (enabled: boolean, roles = ['Internal/subscriber']) =>
  app.db.transaction(ctx, (tx) => app.get(SelfSignUpService).configure(tx, { enabled, roles }));
const signIn = (userName: string, organization = 'carbon.super') =>
  app.get(SignInService).withPassword({ organization, userName, password });

describe('self sign-up', () => {
  it('is off until an organization lets people, and then only there', async () => {
    const refused = { status: 403, body: { status: '403' } };
    expect(await visitor('POST', '/scim2/Me', { userName: 'early', password })).toMatchObject(refused);
    await allow(true);
    const made = await visitor('POST', '/scim2/Me', {
      userName: 'lou',
      password,
      emails: ['lou@mail.example'],
      roles: [{ display: 'admin' }],
      active: true,
      'urn:scim:wso2:schema': { accountState: 'ACTIVE' },
    });
    expect(made).toMatchObject({ status: 201, body: { userName: 'lou', active: true } });
    expect(await signIn('lou')).toMatchObject({ roles: ['Internal/everyone', 'Internal/subscriber'] });
    expect((await sender(app, basic('lou', password))('GET', '/scim2/Me')).body).toMatchObject({ userName: 'lou' });
    expect(await visitor('POST', '/t/tenant1.example/scim2/Me', { userName: 'lou', password })).toMatchObject(refused);
    expect((await visitor('POST', '/t/none.example/scim2/Me', { userName: 'lou', password })).status).toBe(404);
  });

  it('keeps the rules of names and passwords', async () => {
    const post = (body: object) => visitor('POST', '/scim2/Me', body);
    expect(await post({ userName: 'admin', password })).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness' },
    });
    expect((await post({ userName: 'weak', password: 'password1' })).status).toBe(400);
    expect((await post({ userName: 'none' })).status).toBe(400);
    await expect(allow(true, ['admin'])).rejects.toMatchObject({ status: 400 });
    await expect(allow(true, ['nobody'])).rejects.toMatchObject({ status: 400 });
  });

  it('waits for approval where the organization wants that; a rejected name is free again', async () => {
    await app.db.transaction(ctx, (tx) => app.get(WorkflowSettings).set(tx, { UserSignUp: { executor: 'approval' } }));
    const signUp = () => visitor('POST', '/scim2/Me', { userName: 'mia', password });
    expect((await signUp()).body).toMatchObject({ active: false, 'urn:scim:wso2:schema': { accountState: 'PENDING' } });
    expect(await signIn('mia')).toBeNull();
    const workflows = app.get(Workflows);
    const decide = async (status: 'APPROVED' | 'REJECTED') => {
      const { rows } = await workflows.waiting(ctx, { type: 'AM_USER_SIGNUP', limit: 10, offset: 0 });
      expect(rows).toHaveLength(1);
      await workflows.decide(ctx, rows[0]?.uuid ?? '', { status });
    };
    await decide('REJECTED');
    expect((await signUp()).status).toBe(201);
    await decide('APPROVED');
    expect(await signIn('mia')).toMatchObject({ userName: 'mia', active: true });
    await app.db.transaction(ctx, (tx) => app.get(WorkflowSettings).set(tx, {}));
  });

  it('makes an address wait that makes many accounts', async () => {
    const service = app.get(SelfSignUpService);
    const from = { ...ctx, address: '192.0.2.77' };
    const bad = { userName: 'x/y', password };
    for (let i = 0; i < 100; i++) await expect(service.signUp(from, bad)).rejects.toMatchObject({ status: 400 });
    await expect(service.signUp(from, bad)).rejects.toMatchObject({ status: 429 });
  });
});
