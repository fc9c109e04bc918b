import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ann, createApi, openBench, tenantOrganization, user, type Bench } from '../../test/bench.js';
import { apiBodySchema } from '../domain/index.js';
import { ApiDefinition, ApiLabel, ApiLifecycleEvent } from './api-parts.entity.js';
import { Api } from './api.entity.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const fieldsOf = (promise: Promise<unknown>): Promise<string[]> =>
  promise.then(
    () => [],
    (error: { fields: { field: string }[] }) => error.fields.map((problem) => problem.field),
  );

describe('creating an API', () => {
  it('fills in operations and definition, and belongs to the caller', async () => {
    const api = await createApi(bench, { context: 'pizza/' });
    expect(api).toMatchObject({
      context: '/pizza',
      basePath: '/pizza/1.0.0',
      provider: 'ann',
      state: 'CREATED',
      rowVersion: 1,
    });
    expect(api.body.operations.map((operation) => `${operation.verb} ${operation.target}`)).toEqual([
      'GET /*',
      'POST /*',
      'PUT /*',
      'DELETE /*',
      'PATCH /*',
    ]);
    const { text } = await bench.definitions.get(ann, api.uuid);
    expect(JSON.parse(text)).toMatchObject({
      openapi: '3.0.1',
      info: { title: 'Pizza', version: '1.0.0' },
      paths: { '/*': { get: {} } },
    });
    expect(await bench.held()).toEqual({});
  });

  it('keeps secrets of back ends sealed, also in revisions and copies, and while an empty one is sent back', async () => {
    const endpointConfig = (password: string) => ({
      endpoint_type: 'http',
      production_endpoints: { url: 'http://a.example' },
      endpoint_security: { production: { enabled: true, type: 'BASIC', username: 'ann', password } },
    });
    const api = await createApi(bench, {}, { endpointConfig: endpointConfig('hush-hush') });
    const passwordOf = (config: unknown): unknown =>
      (config as { endpoint_security: { production: { password: unknown } } }).endpoint_security.production.password;
    const sealed = passwordOf(api.body.endpointConfig);
    expect(sealed).toEqual({ sealed: expect.stringMatching(/^v1\./) });
    const input = apiBodySchema.parse({ policies: ['Unlimited'], endpointConfig: endpointConfig('') });
    const updated = await bench.apis.update(ann, api.uuid, input);
    expect(passwordOf(updated.body.endpointConfig)).toEqual(sealed);
    const copy = await bench.apis.copy(ann, api.uuid, '2.0.0', false);
    expect(passwordOf(copy.body.endpointConfig)).toEqual(sealed);
    expect(JSON.stringify(await bench.db.manager.find(Api))).not.toContain('hush-hush');
  });

  it('puts a tenant before the context', async () => {
    const api = await createApi(bench, {}, {}, user('bob', [], tenantOrganization));
    expect(api).toMatchObject({ context: '/t/acme.com/pizza', organization: tenantOrganization });
  });

  it('refuses everything that is wrong at once, and stores nothing', async () => {
    const wrong = {
      policies: ['Unlimited', 'Platinum'],
      operations: [
        { target: '/a', verb: 'GET', throttlingPolicy: 'None such', scopes: ['s'] },
        { target: '/a', verb: 'get' },
      ],
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url: 'file:///x' } },
    };
    expect(await fieldsOf(createApi(bench, { name: ' ', version: '1 0' }, wrong))).toEqual([
      'name',
      'version',
      'operations[0].scopes',
      'operations[1]',
      'endpointConfig.production_endpoints.url',
      'policies[1]',
      'operations[0].throttlingPolicy',
    ]);
    expect(await bench.db.manager.count(Api)).toBe(0);
  });

  it.each([
    ['name and version', { context: '/other' }, 'API_NAME_TAKEN'],
    ['context', { name: 'Other' }, 'API_CONTEXT_TAKEN'],
    ['context, for another version', { name: 'Other', version: '2' }, 'API_CONTEXT_TAKEN'],
    ['path', { name: 'Other', context: '/pizza/{version}' }, 'API_CONTEXT_TAKEN'],
  ])('answers 409 when the %s is taken', async (_, identity, code) => {
    await createApi(bench);
    await expect(createApi(bench, identity)).rejects.toMatchObject({ status: 409, code });
  });

  it('lets one of many at the same time win', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => createApi(bench)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ status: 409 });
  });
});

describe('changing an API', () => {
  const input = (more: object) => apiBodySchema.parse({ policies: ['Gold'], ...more });

  it('replaces what may change and keeps operations that are not named', async () => {
    const api = await createApi(bench, {}, { tags: ['a'], operations: [{ target: '/a', verb: 'GET' }] });
    const changed = await bench.apis.update(ann, api.uuid, input({ description: 'New' }));
    expect(changed).toMatchObject({
      name: 'Pizza',
      provider: 'ann',
      rowVersion: 2,
      body: { description: 'New', policies: ['Gold'], tags: [] },
    });
    expect(changed.body.operations).toMatchObject([{ target: '/a', verb: 'GET' }]);
    expect(await bench.db.manager.findBy(ApiLabel, { kind: 'tag' })).toEqual([]);
  });

  it('takes the definition along', async () => {
    const api = await createApi(bench);
    await bench.apis.update(ann, api.uuid, input({ operations: [{ target: '/new', verb: 'PUT' }] }));
    const { text } = await bench.definitions.get(ann, api.uuid);
    expect(Object.keys((JSON.parse(text) as { paths: object }).paths)).toEqual(['/new']);
  });

  it('gives the second of two editors 412', async () => {
    const api = await createApi(bench);
    await bench.apis.update(ann, api.uuid, input({ description: 'first' }), 1);
    await expect(bench.apis.update(ann, api.uuid, input({ description: 'second' }), 1)).rejects.toMatchObject({
      status: 412,
    });
    expect((await bench.apis.get(ann, api.uuid)).body.description).toBe('first');
  });

  it('never mixes two changes made at the same time', async () => {
    const api = await createApi(bench);
    const attempt = (i: number) =>
      bench.apis.update(ann, api.uuid, input({ description: `d${i}`, tags: [`t${i}`] }), 1);
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => attempt(i)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const { body } = await bench.apis.get(ann, api.uuid);
    expect(body.tags).toEqual([`t${body.description?.slice(1)}`]);
  });

  it("answers 404 for another organization's API, whatever is done to it", async () => {
    const { uuid } = await createApi(bench);
    const stranger = user('eve', ['admin'], tenantOrganization);
    const attempts = [
      bench.apis.get(stranger, uuid),
      bench.apis.update(stranger, uuid, input({})),
      bench.apis.copy(stranger, uuid, '2', false),
      bench.apis.delete(stranger, uuid),
      bench.definitions.get(stranger, uuid),
      bench.revisions.create(stranger, uuid, ''),
      bench.revisions.list(stranger, uuid),
      bench.deployments.list(stranger, uuid),
      bench.lifecycle.change(stranger, uuid, 'Publish'),
      bench.lifecycle.history(stranger, uuid),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ status: 404 });
  });

  it('is open to the roles of its access control, its provider and administrators only', async () => {
    const { uuid } = await createApi(bench, {}, { accessControl: 'RESTRICTED', accessControlRoles: ['chefs'] });
    for (const ctx of [ann, user('carl', ['chefs']), user('root', ['admin'])])
      expect((await bench.apis.get(ctx, uuid)).uuid).toBe(uuid);
    for (const ctx of [user('dora'), user('dora', ['waiters'])]) {
      await expect(bench.apis.get(ctx, uuid)).rejects.toMatchObject({ status: 404 });
      expect((await bench.catalog.list(ctx, { limit: 10, offset: 0 })).total).toBe(0);
    }
  });
});

describe('the default version', () => {
  it('is one of all versions of a name', async () => {
    const first = await createApi(bench, {}, { isDefaultVersion: true });
    const second = await createApi(bench, { version: '2' }, { isDefaultVersion: true });
    expect((await bench.apis.get(ann, first.uuid)).defaultOf).toBeNull();
    await bench.apis.update(ann, first.uuid, apiBodySchema.parse({ isDefaultVersion: true }));
    expect((await bench.apis.get(ann, second.uuid)).defaultOf).toBeNull();
    expect((await bench.apis.get(ann, first.uuid)).defaultOf).toBe('Pizza');
  });
});

describe('a copy', () => {
  it('is a new version in state CREATED with its own definition', async () => {
    const api = await createApi(bench, {}, { isDefaultVersion: true, operations: [{ target: '/a', verb: 'GET' }] });
    await bench.lifecycle.change(ann, api.uuid, 'Publish');
    const copy = await bench.apis.copy(ann, api.uuid, '2.0.0', false);
    expect(copy).toMatchObject({
      name: 'Pizza',
      version: '2.0.0',
      basePath: '/pizza/2.0.0',
      state: 'CREATED',
      defaultOf: null,
    });
    expect(JSON.parse((await bench.definitions.get(ann, copy.uuid)).text)).toMatchObject({
      info: { version: '2.0.0' },
      paths: { '/a': {} },
    });
    await expect(bench.apis.copy(ann, api.uuid, '2.0.0', false)).rejects.toMatchObject({ status: 409 });
    expect(await fieldsOf(bench.apis.copy(ann, api.uuid, 'a b', false))).toEqual(['newVersion']);
  });
});

describe('deleting an API', () => {
  it('is refused while something depends on it', async () => {
    const api = await createApi(bench);
    let subscriptions = 2;
    bench.usage.register('subscriptions', async (_, uuid) => (uuid === api.uuid ? subscriptions : 0));
    await expect(bench.apis.delete(ann, api.uuid)).rejects.toMatchObject({
      status: 409,
      code: 'API_IN_USE',
      message: expect.stringContaining('2 subscriptions'),
    });
    subscriptions = 0;
    await bench.apis.delete(ann, api.uuid);
    await expect(bench.apis.get(ann, api.uuid)).rejects.toMatchObject({ status: 404 });
    for (const part of [ApiDefinition, ApiLabel, ApiLifecycleEvent]) expect(await bench.db.manager.count(part)).toBe(0);
  });

  it('takes it off the gateways', async () => {
    const api = await createApi(bench);
    const { revision } = await bench.revisions.create(ann, api.uuid, '');
    await bench.deployments.deploy(ann, api.uuid, revision.uuid, [
      { environment: 'Default', displayOnDevportal: true },
    ]);
    expect(Object.keys(await bench.held())).toHaveLength(2);
    await bench.apis.delete(ann, api.uuid);
    expect(await bench.held()).toEqual({});
  });
});

describe('the definition', () => {
  const definition = JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Whatever', version: '9' },
    paths: { '/menu': { get: { responses: { 200: { description: 'ok' } } } } },
  });

  it('decides the operations', async () => {
    const api = await createApi(bench);
    await bench.definitions.put(ann, api.uuid, definition);
    expect(await bench.apis.get(ann, api.uuid)).toMatchObject({
      name: 'Pizza',
      version: '1.0.0',
      body: { operations: [{ target: '/menu', verb: 'GET' }] },
    });
  });

  it('changes nothing when it is malformed', async () => {
    const api = await createApi(bench);
    await expect(
      bench.definitions.put(ann, api.uuid, 'openapi: 3.0.0\ninfo: { title: a, version: 5 }\npaths: {}\n'),
    ).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/line 2/),
    });
    expect((await bench.apis.get(ann, api.uuid)).rowVersion).toBe(1);
  });

  it('makes an API when it is imported', async () => {
    const api = await bench.imports.import(ann, {
      definition,
      identity: { context: '/menu' },
      input: apiBodySchema.parse({}),
    });
    expect(api).toMatchObject({
      name: 'Whatever',
      version: '9',
      context: '/menu',
      body: { operations: [{ target: '/menu', verb: 'GET' }] },
    });
    await expect(
      bench.imports.import(ann, { definition: '{', identity: {}, input: apiBodySchema.parse({}) }),
    ).rejects.toMatchObject({ code: 'INVALID_OPENAPI_DEFINITION' });
    expect(await bench.db.manager.count(Api)).toBe(1);
  });
});

describe('the scopes of an API', () => {
  const scope = (name: string, ...bindings: string[]) => ({ scopes: [{ scope: { name, bindings } }] });

  it('are known by their roles, and gone with the API', async () => {
    const api = await createApi(bench, {}, scope('menu', 'chefs'));
    expect(await bench.scopes.rolesOf('carbon.super', ['menu', 'other'])).toEqual(new Map([['menu', ['chefs']]]));
    expect(await bench.scopes.rolesOf(tenantOrganization, ['menu'])).toEqual(new Map());
    await bench.apis.delete(ann, api.uuid);
    expect(await bench.scopes.rolesOf('carbon.super', ['menu'])).toEqual(new Map());
  });

  it('are shared by its versions, and no version opens them to anybody', async () => {
    await createApi(bench, {}, scope('menu', 'chefs'));
    await createApi(bench, { version: '2' }, scope('menu'));
    expect(await bench.scopes.rolesOf('carbon.super', ['menu'])).toEqual(new Map([['menu', ['chefs']]]));
  });

  it('are not taken over by another API', async () => {
    await createApi(bench, {}, scope('menu', 'chefs'));
    await expect(createApi(bench, { name: 'Other', context: '/other' }, scope('menu'))).rejects.toMatchObject({
      status: 409,
      code: 'SCOPE_TAKEN',
    });
  });
});
