import { systemContext } from '@tollgate/database';
import {
  OrganizationReader,
  OrganizationSeeds,
  OrganizationService,
  RoleService,
  ScopeService,
  UserReader,
  UserService,
} from '@tollgate/identity/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOAuthTestApp, type OAuthTestApp } from '../../test/index.js';

let app: OAuthTestApp;
let users: UserService;
let reader: UserReader;
const ctx = systemContext('carbon.super');

beforeAll(async () => {
  app = await startOAuthTestApp();
  users = app.get(UserService);
  reader = app.get(UserReader);
});
afterAll(() => app.close());

describe('the first start', () => {
  it('R-71 V-17 makes an administrator with a password of its own', async () => {
    expect(app.adminPassword).toMatch(/^[\w-]{20,}$/);
    const admin = await users.verifyPassword('carbon.super', 'admin', app.adminPassword ?? '');
    expect(admin).toMatchObject({
      userName: 'admin',
      organization: 'carbon.super',
      active: true,
      roles: ['Internal/everyone', 'admin'],
    });
    expect(await users.verifyPassword('carbon.super', 'admin', 'admin')).toBeNull();
  });

  it('seeds the roles of the field', async () => {
    const names = (await app.get(RoleService).list('carbon.super')).map((role) => role.name);
    expect(names).toContain('Internal/publisher');
    expect(names).toHaveLength(9);
  });
});

describe('a configured password of the super admin', () => {
  it('is in force after each start and is not shown', async () => {
    const fixed = await startOAuthTestApp({
      toml: '[super_admin]\nusername = "root"\npassword = "chosen-by-operator"\n',
    });
    expect(fixed.adminPassword).toBeUndefined();
    expect(await fixed.get(UserService).verifyPassword('carbon.super', 'root', 'chosen-by-operator')).not.toBeNull();
    await fixed.get(UserService).update(ctx, 'root', { password: 'changed-later' });
    const { SeedRegistry } = await import('@tollgate/database');
    await fixed.get(SeedRegistry).runAll(fixed.db);
    expect(await fixed.get(UserService).verifyPassword('carbon.super', 'root', 'chosen-by-operator')).not.toBeNull();
    expect(await fixed.get(UserService).verifyPassword('carbon.super', 'root', 'changed-later')).toBeNull();
    await fixed.close();
  });
});

describe('users', () => {
  it('R-79 V-23 differ byte for byte', async () => {
    for (const name of ['Admin', 'ádmin']) await users.create(ctx, { userName: name, password: `pass-of-${name}` });
    expect((await reader.find('carbon.super', 'Admin'))?.userName).toBe('Admin');
    expect(await users.verifyPassword('carbon.super', 'admin', 'pass-of-Admin')).toBeNull();
    expect(await reader.find('carbon.super', 'admin ')).toBeNull();
    await expect(users.create(ctx, { userName: 'admin ', password: 'pass-for-tests' })).rejects.toMatchObject({
      status: 400,
    });
    await expect(users.create(ctx, { userName: 'admin', password: 'pass-for-tests' })).rejects.toMatchObject({
      status: 409,
    });
  });

  it('have roles, and only such that exist', async () => {
    const ann = await users.create(ctx, { userName: 'ann', password: 'pass-for-tests', roles: ['Internal/creator'] });
    expect(ann.roles).toEqual(['Internal/creator', 'Internal/everyone']);
    await expect(users.setRoles(ctx, 'ann', ['Internal/nobody'])).rejects.toMatchObject({ status: 400 });
    expect((await users.setRoles(ctx, 'ann', ['Internal/publisher'])).roles).toEqual([
      'Internal/everyone',
      'Internal/publisher',
    ]);
  });

  it('who are locked cannot sign in', async () => {
    await users.create(ctx, { userName: 'bob', password: 'pass-for-tests' });
    await users.update(ctx, 'bob', { status: 'LOCKED' });
    expect(await users.verifyPassword('carbon.super', 'bob', 'pass-for-tests')).toBeNull();
    expect((await reader.find('carbon.super', 'bob'))?.active).toBe(false);
  });

  it('lose the old password with a change, although it was remembered', async () => {
    await users.create(ctx, { userName: 'cat', password: 'first-password' });
    expect(await users.verifyPassword('carbon.super', 'cat', 'first-password')).not.toBeNull();
    await users.update(ctx, 'cat', { password: 'second-password' });
    expect(await users.verifyPassword('carbon.super', 'cat', 'first-password')).toBeNull();
    expect(await users.verifyPassword('carbon.super', 'cat', 'second-password')).not.toBeNull();
  });

  it('are not found after they were deleted', async () => {
    await users.create(ctx, { userName: 'dan', password: 'pass-for-tests' });
    await users.delete(ctx, 'dan');
    expect(await reader.find('carbon.super', 'dan')).toBeNull();
    await expect(users.delete(ctx, 'dan')).rejects.toMatchObject({ status: 404 });
  });
});

describe('a new organization', () => {
  it('has its own administrator, roles and seeds', async () => {
    const seeded: string[] = [];
    app.get(OrganizationSeeds).register(async (_tx, organization) => void seeded.push(organization));
    const admin = { userName: 'admin', password: 'tenant-password' };
    const made = await app.get(OrganizationService).create(ctx, { domain: 'tenant1.example', admin });
    expect(made).toMatchObject({ domain: 'tenant1.example', active: true });
    expect(seeded).toEqual(['tenant1.example']);
    expect((await users.verifyPassword('tenant1.example', 'admin', 'tenant-password'))?.roles).toContain('admin');
    expect(await users.verifyPassword('carbon.super', 'admin', 'tenant-password')).toBeNull();
    await expect(app.get(OrganizationService).create(ctx, { domain: 'tenant1.example', admin })).rejects.toMatchObject({
      status: 409,
    });
  });

  it('lets none of its users act while it is closed', async () => {
    const admin = { userName: 'admin', password: 'tenant-password' };
    await app.get(OrganizationService).create(ctx, { domain: 'closed.example', admin });
    expect(await reader.find('closed.example', 'admin')).toMatchObject({ active: true, status: 'ACTIVE' });
    await app.db.transaction(ctx, (tx) =>
      tx.manager.getRepository('Organization').update({ domain: 'closed.example' }, { active: false }),
    );
    expect(await reader.find('closed.example', 'admin')).toMatchObject({ active: false, status: 'ACTIVE' });
    expect(await users.verifyPassword('closed.example', 'admin', 'tenant-password')).toBeNull();
  });

  it('does not exist at all when one of its seeds fails', async () => {
    const seeds = app.get(OrganizationSeeds);
    seeds.register(async (_tx, organization) => {
      if (organization === 'broken.example') throw new Error('no');
    });
    const admin = { userName: 'admin', password: 'tenant-password' };
    await expect(app.get(OrganizationService).create(ctx, { domain: 'broken.example', admin })).rejects.toThrow('no');
    expect(await app.get(OrganizationReader).find('broken.example')).toBeNull();
    expect(await reader.find('broken.example', 'admin')).toBeNull();
  });

  it('may bind scopes to other roles than the default', async () => {
    const scopes = app.get(ScopeService);
    const asked = ['apim:api_create', 'apim:subscribe'];
    expect(await scopes.grantable('tenant1.example', ['Internal/subscriber'], asked)).toEqual(['apim:subscribe']);
    const own = new Map([['apim:api_create', ['Internal/subscriber']]]);
    await app.db.transaction(systemContext('tenant1.example'), (tx) => scopes.setScopeRoles(tx, own));
    expect(await scopes.grantable('tenant1.example', ['Internal/subscriber'], asked)).toEqual(asked);
    expect(await scopes.grantable('carbon.super', ['Internal/subscriber'], asked)).toEqual(['apim:subscribe']);
  });
});
