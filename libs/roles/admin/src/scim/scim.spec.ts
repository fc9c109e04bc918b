import { systemContext } from '@tollgate/database';
import { OrganizationService, UserService } from '@tollgate/identity/server';
import { startOAuthTestApp, type OAuthTestApp } from '@tollgate/oauth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminScimModule } from './admin-scim.module.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}
interface Member {
  readonly value: string;
  readonly display: string;
}

let app: OAuthTestApp;
const admin = basic('admin', 'admin-password');
const tenantAdmin = basic('admin@tenant1.example', 'tenant-password');

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

async function send(
  method: string,
  path: string,
  body?: object,
  authorization: string | null = admin,
): Promise<Answer> {
  const headers: Record<string, string> = authorization === null ? {} : { authorization };
  if (body) headers['content-type'] = 'application/scim+json';
  const answer = await fetch(app.base + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
    headers: answer.headers,
  };
}

async function newUser(userName: string): Promise<string> {
  const answer = await send('POST', '/scim2/Users', { schemas: [], userName, password: 'some-password' });
  expect(answer.status).toBe(201);
  return String(answer.body['id']);
}

async function roleId(name: string, path = '/scim2/v2/Roles'): Promise<string> {
  const answer = await send('GET', `${path}?filter=${encodeURIComponent(`displayName eq "${name}"`)}`);
  expect(answer.body['totalResults']).toBe(1);
  return (answer.body['Resources'] as { id: string }[])[0]?.id ?? '';
}

beforeAll(async () => {
  app = await startOAuthTestApp({ toml: '[super_admin]\npassword = "admin-password"\n', imports: [AdminScimModule] });
  const tenant = { domain: 'tenant1.example', admin: { userName: 'admin', password: 'tenant-password' } };
  await app.get(OrganizationService).create(systemContext('carbon.super'), tenant);
  await app.get(UserService).create(systemContext('carbon.super'), { userName: 'plain', password: 'some-password' });
});
afterAll(() => app.close());

describe('SCIM users', () => {
  it('are created, read, changed and deleted', async () => {
    const created = await send('POST', '/scim2/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'PRIMARY/ann',
      password: 'ann-password',
      name: { givenName: 'Ann', familyName: 'Lee' },
      emails: ['ann@mail.example'],
      roles: [{ display: 'admin' }],
      id: 'mine',
    });
    const id = String(created.body['id']);
    expect(created).toMatchObject({
      status: 201,
      body: { userName: 'ann', active: true, name: { givenName: 'Ann', familyName: 'Lee' } },
    });
    expect(created.headers.get('content-type')).toMatch(/^application\/scim\+json/);
    expect(created.headers.get('location')).toBe(`/scim2/Users/${id}`);
    expect(JSON.stringify(created.body)).not.toContain('ann-password');
    expect((created.body['roles'] as Member[]).map((role) => role.display)).toEqual(['Internal/everyone']);
    expect((await send('GET', `/scim2/Users/${id}`)).body).toEqual(created.body);
    const patched = await send('PATCH', `/scim2/Users/${id}`, {
      Operations: [
        { op: 'Replace', path: 'name.familyName', value: 'Fox' },
        { op: 'replace', value: { active: false } },
        { op: 'remove', path: 'emails' },
      ],
    });
    expect(patched).toMatchObject({
      status: 200,
      body: { active: false, name: { givenName: 'Ann', familyName: 'Fox' } },
    });
    expect(patched.body).not.toHaveProperty('emails');
    const put = await send('PUT', `/scim2/Users/${id}`, { userName: 'ann', active: true, password: 'other-password' });
    expect(put).toMatchObject({ status: 200, body: { active: true, name: {} } });
    expect(await app.get(UserService).verifyPassword('carbon.super', 'ann', 'other-password')).not.toBeNull();
    expect((await send('DELETE', `/scim2/Users/${id}`)).status).toBe(204);
    expect((await send('GET', `/scim2/Users/${id}`)).status).toBe(404);
  });

  it('R-78 V-21 are listed in pages and found by name, with the signs of patterns taken as they are', async () => {
    for (const name of ['page_1', 'page_2', 'pagex3']) await newUser(name);
    const page = await send('GET', '/scim2/Users?startIndex=2&count=1&filter=userName%20sw%20%22page_%22');
    expect(page.body).toMatchObject({
      totalResults: 2,
      startIndex: 2,
      itemsPerPage: 1,
      Resources: [{ userName: 'page_2' }],
    });
    expect((await send('GET', '/scim2/Users?filter=userName+eq+page_1')).body).toMatchObject({
      totalResults: 1,
      Resources: [{ userName: 'page_1' }],
    });
    expect((await send('GET', '/scim2/Users?filter=userName+eq+%22nobody%22')).body).toMatchObject({
      totalResults: 0,
      Resources: [],
    });
    expect((await send('GET', '/scim2/Users?filter=userName+co+%22agex%22')).body).toMatchObject({ totalResults: 1 });
  });

  it.each([
    ['a taken name', { userName: 'admin', password: 'some-password' }, 409, 'uniqueness'],
    ['a bad name', { userName: 'a/b', password: 'some-password' }, 400, 'invalidValue'],
    ['a short password', { userName: 'short', password: 'x' }, 400, 'invalidValue'],
    ['no password', { userName: 'short' }, 400, 'invalidValue'],
  ])('are refused with %s', async (_, body, status, scimType) => {
    expect(await send('POST', '/scim2/Users', body)).toMatchObject({
      status,
      body: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(status),
        scimType,
        detail: expect.any(String),
      },
    });
  });

  it('are refused an unknown filter, path or id', async () => {
    expect(await send('GET', '/scim2/Users?filter=password+eq+%22x%22')).toMatchObject({
      status: 400,
      body: { scimType: 'invalidFilter' },
    });
    const id = await newUser('patched');
    const patch = { Operations: [{ op: 'replace', path: 'passwordHash', value: 'x' }] };
    expect(await send('PATCH', `/scim2/Users/${id}`, patch)).toMatchObject({
      status: 400,
      body: { scimType: 'invalidPath' },
    });
    expect((await send('GET', '/scim2/Users/none')).status).toBe(404);
  });

  it('cannot delete or lock themselves', async () => {
    const self = await send('GET', '/scim2/Users?filter=userName+eq+admin');
    const id = (self.body['Resources'] as { id: string }[])[0]?.id ?? '';
    expect((await send('DELETE', `/scim2/Users/${id}`)).status).toBe(409);
    expect(
      (await send('PATCH', `/scim2/Users/${id}`, { Operations: [{ op: 'replace', path: 'active', value: false }] }))
        .status,
    ).toBe(409);
  });
});

describe('SCIM roles and groups', () => {
  it.each([
    ['/scim2/v2/Roles', 'users'],
    ['/scim2/Roles', 'users'],
    ['/scim2/Groups', 'members'],
  ])('%s gives roles to users and takes them', async (path, key) => {
    const user = await newUser(`of${path.replaceAll('/', '-')}`);
    const id = await roleId('Internal/creator', path);
    const add = { Operations: [{ op: 'add', path: key, value: [{ value: user }] }] };
    const given = await send('PATCH', `${path}/${id}`, add);
    expect(given.status).toBe(200);
    expect((given.body[key] as Member[]).map((member) => member.value)).toContain(user);
    expect(JSON.stringify((await send('GET', `/scim2/Users/${user}`)).body['roles'])).toContain('Internal/creator');
    const remove = { Operations: [{ op: 'remove', path: `${key}[value eq "${user}"]` }] };
    const taken = await send('PATCH', `${path}/${id}`, remove);
    expect((taken.body[key] as Member[]).map((member) => member.value)).not.toContain(user);
  });

  it('replace all users at once, or none when one does not exist', async () => {
    const [one, two] = [await newUser('one'), await newUser('two')];
    const id = await roleId('Internal/observer');
    const replace = (...ids: string[]): object => ({
      Operations: [{ op: 'replace', value: { users: ids.map((value) => ({ value })) } }],
    });
    await send('PATCH', `/scim2/v2/Roles/${id}`, replace(one));
    expect((await send('PATCH', `/scim2/v2/Roles/${id}`, replace(two, 'ghost'))).status).toBe(400);
    expect((await send('GET', `/scim2/v2/Roles/${id}`)).body['users']).toMatchObject([{ value: one }]);
    await send('PATCH', `/scim2/v2/Roles/${id}`, replace(two));
    expect((await send('GET', `/scim2/v2/Roles/${id}`)).body['users']).toMatchObject([{ value: two }]);
  });

  it('are made and deleted, but not those of every organization', async () => {
    const user = await newUser('tester');
    const made = await send('POST', '/scim2/v2/Roles', { displayName: 'testers', users: [{ value: user }] });
    expect(made).toMatchObject({
      status: 201,
      body: { displayName: 'testers', users: [{ value: user, display: 'tester' }] },
    });
    expect(await send('POST', '/scim2/v2/Roles', { displayName: 'testers' })).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness' },
    });
    expect((await send('POST', '/scim2/v2/Roles', { displayName: 'a/b' })).status).toBe(400);
    expect((await send('DELETE', `/scim2/v2/Roles/${String(made.body['id'])}`)).status).toBe(204);
    expect((await send('DELETE', `/scim2/v2/Roles/${await roleId('admin')}`)).status).toBe(409);
  });

  it('leave an administrator the role admin', async () => {
    const self = await send('GET', '/scim2/Users?filter=userName+eq+admin');
    const value = (self.body['Resources'] as { id: string }[])[0]?.id;
    const remove = { Operations: [{ op: 'remove', path: 'users', value: [{ value }] }] };
    expect((await send('PATCH', `/scim2/v2/Roles/${await roleId('admin')}`, remove)).status).toBe(409);
  });
});

describe('who may use SCIM', () => {
  it.each([
    ['nobody', () => null],
    ['a wrong password', () => basic('admin', 'wrong')],
    ['a plain user', () => basic('plain', 'some-password')],
  ])('is not %s', async (_, authorization) => {
    const answer = await send('GET', '/scim2/Users', undefined, authorization());
    expect(answer).toMatchObject({
      status: 401,
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '401' },
    });
    expect(answer.headers.get('www-authenticate')).not.toBeNull();
  });

  it('is an administrator within the own organization only', async () => {
    const inside = await send('GET', '/t/tenant1.example/scim2/Users', undefined, tenantAdmin);
    expect(inside.body).toMatchObject({ totalResults: 1, Resources: [{ userName: 'admin' }] });
    const other = await newUser('hidden');
    expect((await send('GET', `/scim2/Users/${other}`, undefined, tenantAdmin)).status).toBe(404);
    expect((await send('DELETE', `/scim2/Users/${other}`, undefined, tenantAdmin)).status).toBe(404);
    expect(await send('GET', '/t/tenant1.example/scim2/Users')).toMatchObject({ status: 404, body: { status: '404' } });
  });
});
