import { systemContext } from '@tollgate/database';
import { AuditEvent, AuditLog, OrganizationService, SignInService } from '@tollgate/identity/server';
import { startOAuthTestApp, type OAuthTestApp } from '@tollgate/oauth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, sender, type Send } from '../../test/scim-client.js';
import { AdminScimModule } from '../scim/admin-scim.module.js';

let app: OAuthTestApp;
let send: Send;
const ctx = systemContext('carbon.super');
const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 100, offset: 0 };
const list = async (organization = 'carbon.super') =>
  (await app.get(AuditLog).list({ ...ctx, organization }, range)).rows;

beforeAll(async () => {
  app = await startOAuthTestApp({ toml: '[super_admin]\npassword = "admin-password"\n', imports: [AdminScimModule] });
  const admin = { userName: 'admin', password: 'tenant-password' };
  await app.get(OrganizationService).create(ctx, { domain: 'tenant1.example', admin });
  send = sender(app, basic('admin', 'admin-password'));
});
afterAll(() => app.close());

describe('R-80 the audit log', () => {
  it('has a row for each change, in its transaction, and none for what was only read or failed', async () => {
    const made = await send('POST', '/scim2/Users', { userName: 'zed', password: 'pass-for-tests' });
    const path = `/scim2/Users/${String(made.body['id'])}`;
    await send('GET', path);
    await send('POST', '/scim2/Users', { userName: 'zed', password: 'pass-for-tests' });
    const patched = await send('PATCH', path, { Operations: [{ op: 'replace', path: 'title', value: 'Dr' }] });
    const [change, creation] = (await list()).filter(({ action }) => action !== 'sign-in');
    expect(change).toMatchObject({
      actor: 'admin',
      action: 'PATCH /scim2/Users/:id',
      outcome: 'SUCCESS',
      address: '127.0.0.1',
      correlationId: patched.headers.get('x-request-id'),
      target: { id: made.body['id'] },
    });
    expect(creation).toMatchObject({ action: 'POST /scim2/Users' });
    expect((await list()).filter(({ action }) => action === 'POST /scim2/Users')).toHaveLength(1);
  });

  it('has sign-ins, and keeps no name that nobody has: it may be a password', async () => {
    const signIn = (userName: string, password: string) =>
      app.get(SignInService).withPassword({ organization: 'carbon.super', userName, password, address: '192.0.2.9' });
    await signIn('zed', 'not-the-password');
    await signIn('my secret password', 'zed');
    await signIn('zed', 'pass-for-tests');
    expect((await list()).slice(0, 3)).toMatchObject([
      { actor: 'zed', action: 'sign-in', outcome: 'SUCCESS', address: '192.0.2.9' },
      { actor: '(unknown)', outcome: 'FAILURE' },
      { actor: 'zed', outcome: 'FAILURE' },
    ]);
    const all = JSON.stringify(await app.db.manager.find(AuditEvent));
    for (const secret of ['my secret password', 'pass-for-tests', 'admin-password', 'not-the-password'])
      expect(all).not.toContain(secret);
  });

  it('R-73 of an organization is seen by nobody else', async () => {
    const tenant = sender(app, basic('admin@tenant1.example', 'tenant-password'));
    await tenant('POST', '/scim2/Users', { userName: 'inside', password: 'pass-for-tests' });
    const own = await list('tenant1.example');
    expect(own.map(({ action }) => action)).toEqual(['POST /scim2/Users', 'sign-in']);
    expect((await list()).some(({ organization }) => organization !== 'carbon.super')).toBe(false);
  });
});
