import { systemContext } from '@tollgate/database';
import { OpenApiDocuments } from '@tollgate/http';
import { OrganizationService, SignInService, UserService } from '@tollgate/identity/server';
import { startOAuthTestApp, type OAuthTestApp } from '@tollgate/oauth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, sender, type Send } from '../../test/scim-client.js';
import { AdminScimModule } from './admin-scim.module.js';

let app: OAuthTestApp;
let send: Send;
let sendAsTenant: Send;
const account = 'urn:scim:wso2:schema';

beforeAll(async () => {
  app = await startOAuthTestApp({ toml: '[super_admin]\npassword = "admin-password"\n', imports: [AdminScimModule] });
  const admin = { userName: 'admin', password: 'tenant-password' };
  await app.get(OrganizationService).create(systemContext('carbon.super'), { domain: 'tenant1.example', admin });
  send = sender(app, basic('admin', 'admin-password'));
  sendAsTenant = sender(app, basic('admin@tenant1.example', 'tenant-password'));
});
afterAll(() => app.close());

async function newUser(userName: string, more: object = {}): Promise<string> {
  const answer = await send('POST', '/scim2/Users', { userName, password: 'pass-for-tests', ...more });
  expect(answer.status).toBe(201);
  return String(answer.body['id']);
}

async function names(query: string): Promise<unknown[]> {
  const answer = await send('GET', `/scim2/Users?${query}`);
  expect(answer.status).toBe(200);
  return (answer.body['Resources'] as { userName: string }[]).map((user) => user.userName);
}

describe('a list of users', () => {
  beforeAll(async () => {
    await newUser('sort-a', { name: { familyName: 'Young' }, title: 'Head', emails: ['a@one.example'] });
    await newUser('sort-b', { name: { familyName: 'adams' }, active: false });
    await newUser('sort-c', { name: { familyName: 'Baker' }, emails: [{ value: 'c@two.example', type: 'work' }] });
  });
  const filtered = (filter: string): string => `filter=${encodeURIComponent(filter)}`;

  it('is filtered by any attribute', async () => {
    expect(await names(filtered('userName sw "sort-" and not (active eq true)'))).toEqual(['sort-b']);
    expect(await names(filtered('emails[type eq "work" and value ew "@two.example"]'))).toEqual(['sort-c']);
    expect(await names(filtered('title pr or emails.value co "@two"'))).toEqual(['sort-a', 'sort-c']);
    expect(await names(filtered('roles.display eq "admin"'))).toEqual(['admin']);
    expect(await names(filtered('userName eq "PRIMARY/sort-a"'))).toEqual(['sort-a']);
    expect(await names(filtered('userName eq "sort-a" and active eq false'))).toEqual([]);
  });

  it('is sorted, in letters without case, with those last that have no value', async () => {
    const sorted = `${filtered('userName sw "sort-"')}&sortBy=name.familyName`;
    expect(await names(sorted)).toEqual(['sort-b', 'sort-c', 'sort-a']);
    expect(await names(`${sorted}&sortOrder=descending`)).toEqual(['sort-a', 'sort-c', 'sort-b']);
    expect(await names(`${filtered('userName sw "sort-"')}&sortBy=title`)).toEqual(['sort-a', 'sort-b', 'sort-c']);
    expect(await send('GET', '/scim2/Users?sortBy=password')).toMatchObject({
      status: 400,
      body: { scimType: 'invalidPath' },
    });
  });

  it('comes in pages that neither repeat nor skip', async () => {
    const page = (startIndex: number) =>
      `${filtered('userName sw "sort-"')}&sortBy=userName&startIndex=${startIndex}&count=2`;
    expect([...(await names(page(1))), ...(await names(page(3)))]).toEqual(['sort-a', 'sort-b', 'sort-c']);
    const none = await send('GET', `/scim2/Users?${filtered('userName sw "sort-"')}&count=0`);
    expect(none.body).toMatchObject({ totalResults: 3, itemsPerPage: 0, Resources: [] });
  });

  it('shows the attributes that are asked for, and by a body too', async () => {
    const some = await send('GET', `/scim2/Users?${filtered('userName eq "sort-a"')}&attributes=name.familyName`);
    expect(some.body['Resources']).toEqual([
      { schemas: expect.any(Array) as unknown, id: expect.any(String) as unknown, name: { familyName: 'Young' } },
    ]);
    const search = await send('POST', '/scim2/Users/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'userName eq "sort-a"',
      excludedAttributes: ['meta', 'roles', 'groups', 'emails', account],
    });
    expect(search.status).toBe(200);
    const [user] = search.body['Resources'] as Record<string, unknown>[];
    expect(Object.keys(user ?? {}).toSorted()).toEqual(['active', 'id', 'name', 'schemas', 'title', 'userName']);
  });
});

describe('a user', () => {
  it('keeps everything that the schema names, and nothing else', async () => {
    const given = {
      externalId: 'hr-7',
      displayName: 'Max M.',
      preferredLanguage: 'de',
      phoneNumbers: [{ value: '+1 555 0100', type: 'work' }],
      emails: [
        { value: 'max@home.example', type: 'home' },
        { value: 'max@work.example', type: 'work', primary: true },
      ],
    };
    const id = await newUser('max', { ...given, passwordHash: 'x', roles: [{ display: 'admin' }], __proto: 1 });
    const read = await send('GET', `/scim2/Users/${id}`);
    expect(read.body).toMatchObject(given);
    expect(read.body).not.toHaveProperty('passwordHash');
    expect((read.body['roles'] as { display: string }[]).map(({ display }) => display)).toEqual(['Internal/everyone']);
    const put = await send('PUT', `/scim2/Users/${id}`, { userName: 'max', displayName: 'Max' });
    expect(put.body).toMatchObject({ displayName: 'Max', active: true });
    for (const name of ['externalId', 'phoneNumbers', 'emails']) expect(put.body).not.toHaveProperty(name);
  });

  it('has an entity tag: R-76 the second of two editors gets 412, a reader 304', async () => {
    const id = await newUser('tagged');
    const first = await send('GET', `/scim2/Users/${id}`);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"\d+"$/);
    expect(first.body['meta']).toMatchObject({ version: tag });
    expect((await send('GET', `/scim2/Users/${id}`, undefined, { 'if-none-match': tag })).status).toBe(304);
    const change = { Operations: [{ op: 'replace', path: 'title', value: 'one' }] };
    expect((await send('PATCH', `/scim2/Users/${id}`, change, { 'if-match': tag })).status).toBe(200);
    const refused = { status: 412, body: { status: '412', schemas: expect.any(Array) as unknown } };
    expect(await send('PATCH', `/scim2/Users/${id}`, change, { 'if-match': tag })).toMatchObject(refused);
    expect(await send('PUT', `/scim2/Users/${id}`, { userName: 'tagged' }, { 'if-match': tag })).toMatchObject(refused);
    expect(await send('DELETE', `/scim2/Users/${id}`, undefined, { 'if-match': tag })).toMatchObject(refused);
    expect((await send('GET', `/scim2/Users/${id}`, undefined, { 'if-none-match': tag })).status).toBe(200);
  });

  it('is locked and opened again, which also ends the waits after failed sign-ins', async () => {
    const id = await newUser('locked');
    const lock = (accountLocked: boolean) =>
      send('PATCH', `/scim2/Users/${id}`, { Operations: [{ op: 'replace', value: { [account]: { accountLocked } } }] });
    expect((await lock(true)).body).toMatchObject({
      active: false,
      [account]: { accountLocked: true, accountState: 'LOCKED' },
    });
    const signIn = (password: string) =>
      app.get(SignInService).withPassword({ organization: 'carbon.super', userName: 'locked', password });
    for (let i = 0; i < 5; i++) expect(await signIn('pass-for-tests')).toBeNull();
    await expect(signIn('pass-for-tests')).rejects.toMatchObject({ status: 429 });
    expect((await lock(false)).body).toMatchObject({ active: true, [account]: { accountState: 'ACTIVE' } });
    expect(await signIn('pass-for-tests')).toMatchObject({ userName: 'locked' });
  });

  it.each([
    [
      'two primary addresses',
      {
        emails: [
          { value: 'a@b.example', primary: true },
          { value: 'c@d.example', primary: true },
        ],
      },
      'invalidValue',
    ],
    ['an address that is none', { emails: ['nobody'] }, 'invalidValue'],
    ['a common password', { password: 'password1' }, 'invalidValue'],
    ['a number as name', { userName: 7 }, 'invalidValue'],
    ['an object as password (R-78)', { password: { password: 1 } }, 'invalidValue'],
  ])('is refused with %s', async (_, wrong, scimType) => {
    const answer = await send('POST', '/scim2/Users', { userName: 'refused', password: 'pass-for-tests', ...wrong });
    expect(answer).toMatchObject({
      status: 400,
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '400', scimType },
    });
  });
});

describe('a group', () => {
  it('is replaced and found by its members, and its tag changes with them', async () => {
    const [one, two] = [await newUser('member-1'), await newUser('member-2')];
    const made = await send('POST', '/scim2/Groups', { displayName: 'crew', members: [{ value: one }] });
    const path = `/scim2/Groups/${String(made.body['id'])}`;
    const tag = (await send('GET', path)).headers.get('etag') ?? '';
    const put = await send('PUT', path, { displayName: 'crew', members: [{ value: two }] }, { 'if-match': tag });
    expect(put).toMatchObject({ status: 200, body: { members: [{ value: two, display: 'member-2' }] } });
    expect((await send('PUT', path, { displayName: 'crew' }, { 'if-match': tag })).status).toBe(412);
    const found = await send('GET', `/scim2/Groups?filter=${encodeURIComponent(`members.value eq "${two}"`)}`);
    expect((found.body['Resources'] as { displayName: string }[]).map((group) => group.displayName)).toEqual(['crew']);
    const rename = { Operations: [{ op: 'replace', path: 'displayName', value: 'gang' }] };
    expect(await send('PATCH', path, rename)).toMatchObject({ status: 400, body: { scimType: 'mutability' } });
    const before = (await send('GET', path)).headers.get('etag');
    await send('DELETE', `/scim2/Users/${two}`);
    const emptied = await send('GET', path);
    expect(emptied.body['members']).toEqual([]);
    expect(emptied.headers.get('etag')).not.toBe(before);
  });
});

describe('Bulk (RFC 7644 section 3.7)', () => {
  it('resolves bulk ids in any order and does each operation for itself', async () => {
    const answer = await send('POST', '/scim2/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        {
          method: 'POST',
          path: '/Groups',
          bulkId: 'g',
          data: { displayName: 'bulk', members: [{ value: 'bulkId:u' }] },
        },
        { method: 'post', path: '/Users', bulkId: 'u', data: { userName: 'bulk-1', password: 'pass-for-tests' } },
        { method: 'POST', path: '/Users', bulkId: 'bad', data: { userName: 'a/b', password: 'pass-for-tests' } },
        { method: 'PATCH', path: '/Users/bulkId:u', data: { Operations: [{ op: 'add', path: 'title', value: 'Dr' }] } },
        {
          method: 'PATCH',
          path: '/Users/bulkId:bad',
          data: { Operations: [{ op: 'add', path: 'title', value: 'Dr' }] },
        },
        { method: 'DELETE', path: '/Users/none' },
        { method: 'PUT', path: '/Cars/1', data: {} },
      ],
    });
    expect(answer.status).toBe(200);
    const results = answer.body['Operations'] as { status: string; location?: string; response?: object }[];
    expect(results.map(({ status }) => status)).toEqual(['201', '201', '400', '200', '409', '404', '404']);
    expect(results[2]?.response).toMatchObject({ status: '400', scimType: 'invalidValue' });
    expect(results[0]).toMatchObject({
      method: 'POST',
      bulkId: 'g',
      version: expect.stringMatching(/^W\/"/) as unknown,
    });
    const group = await send('GET', results[0]?.location ?? '');
    expect(group.body).toMatchObject({ displayName: 'bulk', members: [{ display: 'bulk-1' }] });
    expect((await send('GET', results[1]?.location ?? '')).body).toMatchObject({ title: 'Dr' });
  });

  it('stops after failOnErrors, and refuses operations that wait for each other', async () => {
    const stopped = await send('POST', '/scim2/Bulk', {
      failOnErrors: 1,
      Operations: [
        { method: 'DELETE', path: '/Users/none' },
        { method: 'POST', path: '/Users', bulkId: 'x', data: { userName: 'never', password: 'pass-for-tests' } },
      ],
    });
    expect(stopped.body['Operations']).toHaveLength(1);
    expect(await names('filter=userName%20eq%20%22never%22')).toEqual([]);
    const circle = await send('POST', '/scim2/Bulk', {
      Operations: [
        { method: 'POST', path: '/Groups', bulkId: 'a', data: { displayName: 'a', members: [{ value: 'bulkId:b' }] } },
        { method: 'POST', path: '/Groups', bulkId: 'b', data: { displayName: 'b', members: [{ value: 'bulkId:a' }] } },
      ],
    });
    expect((circle.body['Operations'] as { status: string }[]).map(({ status }) => status)).toEqual(['409', '409']);
  });

  it('refuses a version that is not the present one', async () => {
    const id = await newUser('bulk-version');
    const answer = await send('POST', '/scim2/Bulk', {
      Operations: [{ method: 'DELETE', path: `/Users/${id}`, version: 'W/"99"' }],
    });
    expect(answer.body['Operations']).toMatchObject([{ status: '412' }]);
  });
});

describe('discovery (RFC 7644 section 4)', () => {
  it('is open to everybody and tells what is served', async () => {
    const nobody = sender(app, null);
    expect((await nobody('GET', '/scim2/ServiceProviderConfig')).body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1000 },
      filter: { supported: true, maxResults: 1000 },
      sort: { supported: true },
      etag: { supported: true },
    });
    const types = await nobody('GET', '/t/tenant1.example/scim2/ResourceTypes');
    expect((types.body['Resources'] as { endpoint: string }[]).map(({ endpoint }) => endpoint)).toEqual([
      '/Users',
      '/Groups',
      '/v2/Roles',
    ]);
    const schema = await nobody('GET', '/scim2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User');
    expect(schema.body['attributes']).toContainEqual(
      expect.objectContaining({ name: 'userName', caseExact: true, mutability: 'immutable', uniqueness: 'server' }),
    );
    expect((await nobody('GET', '/scim2/Schemas/none')).status).toBe(404);
    expect((await nobody('GET', '/scim2/Schemas?filter=id%20pr')).status).toBe(403);
  });
});

describe('R-73 organizations', () => {
  it('never see each other: every operation with an id of another organization is 404 and changes nothing', async () => {
    const user = await newUser('hidden', { title: 'secret' });
    const groups = await send('GET', '/scim2/Groups?filter=displayName%20eq%20%22Internal/creator%22');
    const group = (groups.body['Resources'] as { id: string }[])[0]?.id ?? '';
    const before = [
      (await send('GET', `/scim2/Users/${user}`)).body,
      (await send('GET', `/scim2/Groups/${group}`)).body,
    ];
    const patch = { Operations: [{ op: 'replace', path: 'title', value: 'taken' }] };
    const add = { Operations: [{ op: 'add', path: 'members', value: [{ value: user }] }] };
    const withId = app
      .get(OpenApiDocuments)
      .operations()
      .filter(({ fullPath }) => /^\/scim2\/.*:id$/.test(fullPath) && !fullPath.includes('Schemas'));
    expect(withId.length).toBe(16); // 4 operations of users, roles in both versions, groups
    for (const { method, fullPath } of withId) {
      const isUser = fullPath.includes('/Users/');
      const body =
        method === 'PATCH'
          ? isUser
            ? patch
            : add
          : method === 'PUT'
            ? { userName: 'hidden', displayName: 'Internal/creator' }
            : undefined;
      for (const base of ['/scim2', '/t/tenant1.example/scim2']) {
        const path = fullPath.replace('/scim2', base).replace(':id', isUser ? user : group);
        expect(await sendAsTenant(method, path, body), `${method} ${path}`).toMatchObject({
          status: 404,
          body: { status: '404' },
        });
        const foreign = fullPath.replace('/scim2', '/t/carbon.super/scim2').replace(':id', isUser ? user : group);
        expect((await sendAsTenant(method, foreign, body)).status, `${method} ${foreign}`).toBe(404);
      }
    }
    for (const path of ['/Users', '/Groups', '/v2/Roles'])
      expect((await sendAsTenant('GET', `/t/carbon.super/scim2${path}`)).status).toBe(404);
    // Not by a member of a role, not in bulk.
    const own = await sendAsTenant('GET', '/scim2/Groups?filter=displayName%20eq%20%22Internal/creator%22');
    const ownGroup = (own.body['Resources'] as { id: string }[])[0]?.id ?? '';
    expect((await sendAsTenant('PATCH', `/scim2/Groups/${ownGroup}`, add)).status).toBe(400);
    const bulk = await sendAsTenant('POST', '/scim2/Bulk', {
      Operations: [
        { method: 'DELETE', path: `/Users/${user}` },
        { method: 'PATCH', path: `/Users/${user}`, data: patch },
      ],
    });
    expect((bulk.body['Operations'] as { status: string }[]).map(({ status }) => status)).toEqual(['404', '404']);
    expect([
      (await send('GET', `/scim2/Users/${user}`)).body,
      (await send('GET', `/scim2/Groups/${group}`)).body,
    ]).toEqual(before);
    expect(await app.get(UserService).verifyPassword('carbon.super', 'hidden', 'pass-for-tests')).not.toBeNull();
  });
});
