import { SignInService } from '@tollgate/identity/server';
import { DefaultPolicies, ThrottlePolicy } from '@tollgate/throttling/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, publishApi } from '@tollgate/application/testing';
import { contract, startPortal, type Portal, type Send } from '../test/portal.js';

let portal: Portal;
let ann: Send;
let bob: Send;
let api: string;

beforeAll(async () => {
  portal = await startPortal();
  ann = await portal.subscriber('ann');
  bob = await portal.subscriber('bob');
  api = await publishApi(portal.app, 'PizzaShack', { body: { tags: ['food'], isDefaultVersion: true } });
});
afterAll(() => portal.stop());

let number = 0;
async function application(send: Send): Promise<string> {
  const made = await send('POST', '/applications', { name: `App ${++number}`, throttlingPolicy: 'Unlimited' });
  expect(made.status).toBe(201);
  return made.body['applicationId'] as string;
}

const keysBody = {
  keyType: 'PRODUCTION',
  keyManager: 'Resident Key Manager',
  grantTypesToBeSupported: ['client_credentials', 'password', 'refresh_token'],
  callbackUrl: '',
  scopes: ['default'],
  validityTime: '3600',
};

describe('POST /me/change-password', () => {
  it('takes the present password, keeps the rules, and ends sign-ins with the old one', async () => {
    const carol = await portal.subscriber('carol');
    const change = (currentPassword: string, newPassword: string) =>
      carol('POST', '/me/change-password', { currentPassword, newPassword });
    expect(await change('Password-2-of-specs', 'a new and long password')).toMatchObject({
      status: 400,
      body: { code: 900300, error: [{ code: 'currentPassword', message: 'This is not your present password.' }] },
    });
    expect(await change('Password-1-of-specs', 'too short')).toMatchObject({
      status: 400,
      body: { error: [{ code: 'newPassword', message: 'A password has at least 15 characters.' }] },
    });
    expect((await change('Password-1-of-specs', 'a new and long password')).status).toBe(200);
    const signIn = (password: string) =>
      portal.app.get(SignInService).withPassword({ organization: 'carbon.super', userName: 'carol', password });
    expect(await signIn('Password-1-of-specs')).toBeNull();
    expect(await signIn('a new and long password')).not.toBeNull();
    expect((await portal.visitor('POST', '/me/change-password', {})).status).toBe(401);
  });
});

describe('a subscriber', () => {
  it('goes from an application to a token and a subscription', async () => {
    const created = await ann('POST', '/applications', {
      name: 'Shop',
      throttlingPolicy: 'Unlimited',
      description: 'd',
      tokenType: 'JWT',
    });
    expect(created).toMatchObject({
      status: 201,
      body: { name: 'Shop', status: 'APPROVED', owner: 'ann', tokenType: 'JWT', subscriptionCount: 0 },
    });
    const id = created.body['applicationId'] as string;
    expect(created.headers.get('location')).toBe(`/api/am/devportal/v3/applications/${id}`);
    expect(created.headers.get('etag')).toBe('"1"');

    const keys = await ann('POST', `/applications/${id}/generate-keys`, keysBody);
    expect(keys).toMatchObject({
      status: 200,
      body: {
        keyState: 'APPROVED',
        keyType: 'PRODUCTION',
        mode: 'CREATED',
        supportedGrantTypes: ['client_credentials', 'refresh_token'],
        token: { validityTime: 3600, tokenScopes: ['default'] },
      },
    });
    const mapping = keys.body['keyMappingId'] as string;
    const token = await ann('POST', `/applications/${id}/oauth-keys/${mapping}/generate-token`, {
      consumerSecret: keys.body['consumerSecret'],
      validityPeriod: 120,
      scopes: [],
    });
    expect(token).toMatchObject({ status: 200, body: { validityTime: 120 } });
    expect(decodeJwt(token.body['accessToken'] as string)).toMatchObject({ azp: keys.body['consumerKey'] });

    const subscribed = await ann('POST', '/subscriptions', { apiId: api, applicationId: id, throttlingPolicy: 'Gold' });
    expect(subscribed).toMatchObject({
      status: 201,
      body: {
        status: 'UNBLOCKED',
        apiInfo: { name: 'PizzaShack' },
        applicationInfo: { name: 'Shop', subscriptionCount: 1 },
      },
    });
    const subscription = subscribed.body['subscriptionId'] as string;
    const moved = await ann('PUT', `/subscriptions/${subscription}`, {
      apiId: api,
      applicationId: id,
      throttlingPolicy: 'Gold',
      requestedThrottlingPolicy: 'Unlimited',
      status: 'BLOCKED',
    });
    expect(moved).toMatchObject({ status: 200, body: { throttlingPolicy: 'Unlimited', status: 'UNBLOCKED' } });
    expect(
      (await ann('PUT', `/subscriptions/${subscription}`, { applicationId: id, throttlingPolicy: 'Bronze' })).status,
    ).toBe(400);

    expect(await ann('GET', `/applications/${id}`)).toMatchObject({
      body: { subscriptionCount: 1, keys: [{ keyMappingId: mapping }] },
    });
    expect(JSON.stringify((await ann('GET', `/applications/${id}`)).body)).not.toContain(keys.body['consumerSecret']);
    expect((await ann('DELETE', `/subscriptions/${subscription}`)).status).toBe(200);
    expect((await ann('DELETE', `/applications/${id}`)).status).toBe(200);
    expect((await ann('GET', `/applications/${id}`)).status).toBe(404);
  });

  it('uses keys by their type as older clients do', async () => {
    const id = await application(ann);
    await ann('POST', `/applications/${id}/generate-keys`, { ...keysBody, keyManager: null });
    expect(await ann('GET', `/applications/${id}/keys/`)).toMatchObject({ status: 200, body: { count: 1 } });
    const keys = await ann('GET', `/applications/${id}/keys/PRODUCTION`);
    expect(keys).toMatchObject({ status: 200, body: { keyManager: 'Resident Key Manager' } });
    const changed = await ann('PUT', `/applications/${id}/keys/PRODUCTION`, {
      ...keys.body,
      supportedGrantTypes: ['refresh_token'],
      consumerSecret: 'mine',
      additionalProperties: { application_access_token_expiry_time: '60', refresh_token_expiry_time: 'N/A' },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        supportedGrantTypes: ['refresh_token'],
        consumerSecret: keys.body['consumerSecret'],
        additionalProperties: { application_access_token_expiry_time: 60 },
      },
    });
    const renewed = await ann('POST', `/applications/${id}/keys/PRODUCTION/regenerate-secret`);
    expect(renewed).toMatchObject({ status: 200, body: { consumerKey: keys.body['consumerKey'] } });
    expect((await ann('POST', `/applications/${id}/keys/PRODUCTION/clean-up`)).status).toBe(200);
    expect((await ann('GET', `/applications/${id}/keys/PRODUCTION`)).status).toBe(404);
    expect((await ann('GET', `/applications/${id}/keys/STAGING`)).status).toBe(400);
  });

  it('R-32 gives a client several secrets, of which one replaces another without a break', async () => {
    const id = await application(ann);
    const keys = (await ann('POST', `/applications/${id}/generate-keys`, keysBody)).body;
    const path = `/applications/${id}/oauth-keys/${String(keys['keyMappingId'])}`;
    const works = async (consumerSecret: unknown): Promise<number> =>
      (await ann('POST', `${path}/generate-token`, { consumerSecret })).status;
    const properties = { description: 'next year', expiresIn: 86_400 };
    const made = await ann('POST', `${path}/generate-secret`, { additionalProperties: properties });
    expect(made).toMatchObject({
      status: 201,
      body: { secretId: expect.any(String), additionalProperties: { description: 'next year' } },
    });
    const second = String(made.body['secretValue']);
    const { createdAt, expiresAt } = made.body['additionalProperties'] as { createdAt: number; expiresAt: number };
    expect(expiresAt - createdAt).toBe(86_400);
    expect([await works(keys['consumerSecret']), await works(second), await works('wrong')]).toEqual([200, 200, 400]);

    const list = await ann('GET', `${path}/secrets`);
    const [first] = list.body.list ?? [];
    expect(list).toMatchObject({
      status: 200,
      body: {
        count: 2,
        list: [
          { secretValue: `********${String(keys['consumerSecret']).slice(-4)}` },
          { secretId: made.body['secretId'], secretValue: `********${second.slice(-4)}` },
        ],
      },
    });
    const revoke = (secretId: unknown) => ann('POST', `${path}/revoke-secret`, { secretId });
    expect((await revoke(first?.['secretId'])).status).toBe(204);
    expect([await works(keys['consumerSecret']), await works(second)]).toEqual([400, 200]);
    expect((await revoke(first?.['secretId'])).status).toBe(404);
    expect((await revoke(made.body['secretId'])).status).toBe(409);
    expect((await ann('GET', path)).body).not.toHaveProperty('consumerSecret');
    expect((await ann('POST', `${path}/generate-secret`, { additionalProperties: { expiresIn: 0 } })).status).toBe(400);
    for (let i = 0; i < 9; i++) expect((await ann('POST', `${path}/generate-secret`, {})).status).toBe(201);
    expect((await ann('POST', `${path}/generate-secret`, {})).status).toBe(409);
  });

  it('issues, lists, renews and revokes API keys', async () => {
    const path = `/applications/${await application(ann)}/api-keys/PRODUCTION`;
    const issued = await ann('POST', `${path}/generate`, {
      keyName: 'k',
      validityPeriod: 3600,
      additionalProperties: { permittedIP: '', permittedReferer: '' },
    });
    expect(issued).toMatchObject({
      status: 200,
      body: { keyName: 'k', validityPeriod: 3600, apikey: expect.stringMatching(/^ey/) },
    });
    expect(await ann('POST', `${path}/generate`, { additionalProperties: { permittedIP: 'x' } })).toMatchObject({
      status: 400,
      body: { error: [{ code: 'additionalProperties.permittedIP' }] },
    });
    expect((await ann('POST', `${path}/generate`)).body).toMatchObject({ validityPeriod: -1 });
    const [first] = (await ann('GET', path)).body.list ?? [];
    const renewed = await ann('POST', `${path}/regenerate`, { keyUUID: first?.['keyUUID'] });
    expect(renewed).toMatchObject({ status: 200, body: { keyName: 'k' } });
    expect((await ann('POST', `${path}/revoke`, { apikey: renewed.body['apikey'] })).status).toBe(200);
    expect((await ann('POST', `${path}/revoke`, { apikey: issued.body['apikey'] })).status).toBe(404);
    expect((await ann('POST', `${path}/revoke`, {})).status).toBe(400);
    expect((await ann('GET', path)).body).toMatchObject({ count: 1 });
  });

  it('subscribes to several APIs at once and lists them by application and by API', async () => {
    const id = await application(ann);
    const other = await publishApi(portal.app, 'Drinks');
    const made = await ann(
      'POST',
      '/subscriptions/multiple',
      [api, other].map((apiId) => ({ apiId, applicationId: id, throttlingPolicy: 'Gold' })),
    );
    expect(made.status).toBe(200);
    expect(await ann('GET', `/subscriptions?applicationId=${id}&limit=1`)).toMatchObject({
      body: { count: 1, pagination: { total: 2, next: `/subscriptions?limit=1&offset=1&applicationId=${id}` } },
    });
    expect(await ann('GET', `/subscriptions?apiId=${other}`)).toMatchObject({
      body: { count: 1, list: [{ applicationId: id }] },
    });
    expect(await bob('GET', `/subscriptions?apiId=${other}`)).toMatchObject({ status: 200, body: { count: 0 } });
    expect((await ann('GET', '/subscriptions')).status).toBe(400);
  });

  it('is told of a change that came between', async () => {
    const id = await application(ann);
    const body = { name: `Renamed ${id}`, throttlingPolicy: '10PerMin', groups: null, attributes: null };
    const first = await ann('PUT', `/applications/${id}`, body, { 'if-match': '"1"' });
    expect(first).toMatchObject({ status: 200, body: { throttlingPolicy: '10PerMin' } });
    expect((await ann('PUT', `/applications/${id}`, body, { 'if-match': '"1"' })).status).toBe(412);
  });
});

describe('R-72 a request with an Idempotency-Key', () => {
  const once = (): Record<string, string> => ({ 'idempotency-key': `key-${++number}` });

  it('that is repeated gets the same answer and is done once', async () => {
    const id = await application(ann);
    const requests: [string, Record<string, unknown>][] = [
      ['/applications', { name: 'Only once', throttlingPolicy: 'Unlimited' }],
      [`/applications/${id}/generate-keys`, keysBody],
      ['/subscriptions', { apiId: api, applicationId: id, throttlingPolicy: 'Gold' }],
    ];
    for (const [path, body] of requests) {
      const key = once();
      const [first, second] = await Promise.all([ann('POST', path, body, key), ann('POST', path, body, key)]);
      expect(first.status).toBeLessThan(300);
      expect([second.status, second.body]).toEqual([first.status, first.body]);
      expect((await ann('POST', path, body, key)).body).toEqual(first.body);
      expect((await ann('POST', path, { ...body, throttlingPolicy: '10PerMin', keyType: 'SANDBOX' }, key)).status).toBe(
        422,
      );
      expect((await ann('POST', path, body, once())).status).toBe(409);
    }
  });

  it('is its own for each user, and not remembered when it failed', async () => {
    const key = once();
    const body = { name: 'Mine', throttlingPolicy: 'Unlimited' };
    expect((await ann('POST', '/applications', { ...body, throttlingPolicy: 'None' }, key)).status).toBe(400);
    const [mine, his] = [await ann('POST', '/applications', body, key), await bob('POST', '/applications', body, key)];
    expect([mine.status, his.status]).toEqual([201, 201]);
    expect(his.body['applicationId']).not.toBe(mine.body['applicationId']);
    expect((await ann('POST', '/applications', body, { 'idempotency-key': 'a b' })).status).toBe(400);
  });
});

describe('bad input', () => {
  it.each([
    ['an empty name', { name: '', throttlingPolicy: 'Unlimited' }, ['name']],
    ['blanks and markup', { name: ' <b>', throttlingPolicy: 'Unlimited' }, ['name', 'name']],
    ['wrong types', { name: 5, throttlingPolicy: ['x'], attributes: 'x' }, ['name', 'throttlingPolicy', 'attributes']],
    ['a policy that does not exist', { name: 'a', throttlingPolicy: 'None' }, ['throttlingPolicy']],
    [
      'too much text',
      { name: 'a'.repeat(101), throttlingPolicy: 'Unlimited', description: 'a'.repeat(513) },
      ['name', 'description'],
    ],
    ['an object where text is due', { name: { name: 1 }, throttlingPolicy: 'Unlimited' }, ['name']],
    ['nothing', undefined, ['name', 'throttlingPolicy']],
  ])('with %s names each field', async (_, body, fields) => {
    const answer = await ann('POST', '/applications', body);
    expect({
      status: answer.status,
      fields: (answer.body['error'] as { code: string }[]).map((field) => field.code),
    }).toEqual({ status: 400, fields });
  });

  it('never applies what callers may not set', async () => {
    const made = await ann('POST', '/applications', {
      name: 'Sly',
      throttlingPolicy: 'Unlimited',
      owner: 'bob',
      status: 'CREATED',
      applicationId: 'x',
      organization: 'other.com',
      subscriptionCount: 9,
    });
    expect(made).toMatchObject({ status: 201, body: { owner: 'ann', status: 'APPROVED', subscriptionCount: 0 } });
    expect(made.body['applicationId']).not.toBe('x');
  });

  it('answers duplicates with 409', async () => {
    const body = { name: 'Twice', throttlingPolicy: 'Unlimited' };
    await ann('POST', '/applications', body);
    expect(await ann('POST', '/applications', body)).toMatchObject({ status: 409, body: { message: 'Conflict' } });
    const id = await application(ann);
    await ann('POST', `/applications/${id}/generate-keys`, keysBody);
    expect((await ann('POST', `/applications/${id}/generate-keys`, keysBody)).status).toBe(409);
  });

  it.each([
    [{ ...keysBody, keyType: 'STAGING' }, 'keyType'],
    [{ ...keysBody, grantTypesToBeSupported: [] }, 'grantTypesToBeSupported'],
    [{ ...keysBody, grantTypesToBeSupported: ['authorization_code'] }, 'callbackUrl'],
    [{ ...keysBody, validityTime: 'soon' }, 'validityTime'],
    [
      { ...keysBody, additionalProperties: { application_access_token_expiry_time: 'x' } },
      'additionalProperties.application_access_token_expiry_time',
    ],
    [{ ...keysBody, scopes: ['a b'] }, 'scopes[0]'],
  ])('of generate-keys names the field %#', async (body, field) => {
    const answer = await ann('POST', `/applications/${await application(ann)}/generate-keys`, body);
    expect(answer).toMatchObject({ status: 400, body: { error: [{ code: field }] } });
  });

  it('in another media type is 415, and too much of it 413', async () => {
    expect((await ann('POST', '/applications', '<a/>', { 'content-type': 'application/xml' })).status).toBe(415);
    expect((await ann('POST', '/applications', { name: 'a'.repeat(100_001) })).status).toBe(413);
  });
});

describe('what belongs to others', () => {
  const body = { name: 'x', throttlingPolicy: 'Unlimited' };
  const paths: [string, string, unknown][] = [
    ['GET', '/applications/{app}', undefined],
    ['PUT', '/applications/{app}', body],
    ['DELETE', '/applications/{app}', undefined],
    ['POST', '/applications/{app}/generate-keys', keysBody],
    ['GET', '/applications/{app}/keys', undefined],
    ['GET', '/applications/{app}/keys/PRODUCTION', undefined],
    ['PUT', '/applications/{app}/keys/PRODUCTION', { supportedGrantTypes: ['client_credentials'] }],
    ['POST', '/applications/{app}/keys/PRODUCTION/regenerate-secret', undefined],
    ['POST', '/applications/{app}/keys/PRODUCTION/clean-up', undefined],
    ['POST', '/applications/{app}/keys/PRODUCTION/generate-token', {}],
    ['GET', '/applications/{app}/oauth-keys', undefined],
    ['GET', '/applications/{app}/oauth-keys/{key}', undefined],
    ['PUT', '/applications/{app}/oauth-keys/{key}', { supportedGrantTypes: ['client_credentials'] }],
    ['POST', '/applications/{app}/oauth-keys/{key}/regenerate-secret', undefined],
    ['POST', '/applications/{app}/oauth-keys/{key}/generate-secret', {}],
    ['GET', '/applications/{app}/oauth-keys/{key}/secrets', undefined],
    ['POST', '/applications/{app}/oauth-keys/{key}/revoke-secret', { secretId: 'x' }],
    ['POST', '/applications/{app}/oauth-keys/{key}/clean-up', undefined],
    ['POST', '/applications/{app}/oauth-keys/{key}/generate-token', {}],
    ['GET', '/applications/{app}/api-keys/PRODUCTION', undefined],
    ['POST', '/applications/{app}/api-keys/PRODUCTION/generate', {}],
    ['POST', '/applications/{app}/api-keys/PRODUCTION/regenerate', { keyUUID: '{apiKey}' }],
    ['POST', '/applications/{app}/api-keys/PRODUCTION/revoke', { keyUUID: '{apiKey}' }],
    ['GET', '/subscriptions?applicationId={app}', undefined],
    ['POST', '/subscriptions', { apiId: '{api}', applicationId: '{app}', throttlingPolicy: 'Gold' }],
    ['GET', '/subscriptions/{sub}', undefined],
    ['PUT', '/subscriptions/{sub}', { applicationId: '{app}', throttlingPolicy: 'Gold' }],
    ['DELETE', '/subscriptions/{sub}', undefined],
  ];
  let ids: Record<string, string>;
  let tenant: Send;

  beforeAll(async () => {
    const app = await application(ann);
    const keys = await ann('POST', `/applications/${app}/generate-keys`, keysBody);
    await ann('POST', `/applications/${app}/api-keys/PRODUCTION/generate`, {});
    const [apiKey] = (await ann('GET', `/applications/${app}/api-keys/PRODUCTION`)).body.list ?? [];
    const sub = await ann('POST', '/subscriptions', { apiId: api, applicationId: app, throttlingPolicy: 'Gold' });
    ids = {
      app,
      api,
      key: String(keys.body['keyMappingId']),
      apiKey: String(apiKey?.['keyUUID']),
      sub: String(sub.body['subscriptionId']),
    };
    await portal.tenant('other.com');
    tenant = await portal.subscriber('ann', { organization: 'other.com' });
  });

  it.each(paths)('is not there: %s %s', async (method, path, payload) => {
    const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => ids[name] ?? whole);
    const filled = payload === undefined ? undefined : (JSON.parse(fill(JSON.stringify(payload))) as unknown);
    for (const send of [bob, tenant]) expect((await send(method, fill(path), filled)).status).toBe(404);
    expect((await portal.visitor(method, fill(path), filled)).status).toBe(401);
  });

  it('is named with its organization for a tenant', async () => {
    await portal.db.transaction(as('admin', ['admin'], 'other.com'), (tx) =>
      portal.app.get(DefaultPolicies).seed(tx, 'other.com'),
    );
    const made = await tenant('POST', '/applications', { name: 'Theirs', throttlingPolicy: 'Unlimited' });
    expect(made).toMatchObject({ status: 201, body: { owner: 'ann@other.com' } });
    expect((await ann('GET', '/applications?query=Theirs')).body).toMatchObject({ count: 0 });
  });

  it('is untouched afterwards', async () => {
    expect(await ann('GET', `/applications/${ids['app']}/oauth-keys/${ids['key']}`)).toMatchObject({ status: 200 });
    expect(await ann('GET', `/applications/${ids['app']}/api-keys/PRODUCTION`)).toMatchObject({ body: { count: 1 } });
    expect(await ann('GET', `/subscriptions/${ids['sub']}`)).toMatchObject({ body: { throttlingPolicy: 'Gold' } });
  });

  it('stays closed to a token without the scope', async () => {
    const reader = await portal.subscriber('reader', { scopes: ['apim:store_settings'] });
    expect((await reader('GET', '/settings')).status).toBe(200);
    for (const [method, path, payload] of paths)
      expect([path, (await reader(method, path, payload)).status]).toEqual([path, 401]);
  });
});

describe('a visitor', () => {
  it('finds public APIs and reads where they are served', async () => {
    const found = await portal.visitor('GET', '/apis?query=tag:food');
    expect(found).toMatchObject({
      status: 200,
      body: {
        count: 1,
        list: [
          { id: api, name: 'PizzaShack', isSubscriptionAvailable: true, throttlingPolicies: ['Unlimited', 'Gold'] },
        ],
      },
    });
    const read = await portal.visitor('GET', `/apis/${api}`);
    expect(read).toMatchObject({
      status: 200,
      body: {
        context: '/pizzashack',
        lifeCycleStatus: 'PUBLISHED',
        tiers: [{ tierName: 'Unlimited' }, { tierName: 'Gold' }],
        endpointURLs: [
          {
            environmentName: 'Default',
            URLs: { https: 'https://localhost:8243/pizzashack/1.0.0' },
            defaultVersionURLs: { https: 'https://localhost:8243/pizzashack' },
          },
        ],
      },
    });
    expect(JSON.stringify(read.body)).not.toContain('back.example');
  });

  it('finds them by words anywhere, and by tag', async () => {
    await publishApi(portal.app, 'Harbour', { body: { tags: ['ships', 'food'], description: 'Berths of vessels' } });
    const names = async (query: string) => {
      const found = await portal.visitor('GET', `/search?query=${encodeURIComponent(query)}`);
      expect(found.status).toBe(200);
      return found.body.list?.map(({ name }) => name);
    };
    expect(await names('BERTHS')).toEqual(['Harbour']);
    expect(await names('vessels harbour')).toEqual(['Harbour']);
    expect(await names('ship')).toEqual(['Harbour']);
    expect((await names('tag:"food"'))?.toSorted()).toEqual(['Harbour', 'PizzaShack']);
    expect(await names('berths pizza')).toEqual([]);
    expect(await names("%_'")).toEqual([]);
    const tags = await portal.visitor('GET', '/tags');
    expect(tags.body.list).toEqual(expect.arrayContaining([{ value: 'food', count: 2 }]));
    expect((await portal.visitor('GET', '/search?query=password:x')).status).toBe(400);
  });

  it('is told whether people may sign up, and what a password needs', async () => {
    const told = await portal.visitor('GET', '/sign-up');
    expect(told).toMatchObject({ status: 200, body: { enabled: false, passwordPolicyMinLength: 15 } });
  });

  it('gets the definition with the addresses of the gateway', async () => {
    const all = await portal.visitor('GET', `/apis/${api}/swagger`);
    expect(all).toMatchObject({
      status: 200,
      body: {
        openapi: '3.0.1',
        servers: [
          { url: 'https://localhost:8243/pizzashack/1.0.0' },
          { url: 'http://localhost:8280/pizzashack/1.0.0' },
        ],
      },
    });
    expect((await portal.visitor('GET', `/apis/${api}/swagger?environmentName=None`)).status).toBe(404);
  });

  it.each([
    ['is not published yet', [], 403],
    ['is retired', ['Publish', 'Deprecate', 'Retire'], 403],
    ['is deprecated', ['Publish', 'Deprecate'], 200],
  ] as const)('who asks for an API that %s', async (reason, actions, status) => {
    const id = await publishApi(portal.app, `An${reason.replaceAll(' ', '')}`, { actions: [...actions] });
    for (const path of [`/apis/${id}`, `/apis/${id}/swagger`, `/apis/${id}/subscription-policies`])
      expect((await portal.visitor('GET', path)).status).toBe(status);
  });

  it('does not see what is for some roles alone', async () => {
    const id = await publishApi(portal.app, 'Closed', {
      body: { visibility: 'RESTRICTED', visibleRoles: ['Internal/creator'] },
    });
    for (const send of [portal.visitor, ann]) {
      expect((await send('GET', `/apis/${id}`)).status).toBe(404);
      expect((await send('GET', '/apis?query=name:Closed')).body).toMatchObject({ count: 0 });
    }
    const subscribe = { apiId: id, applicationId: await application(ann), throttlingPolicy: 'Gold' };
    expect((await ann('POST', '/subscriptions', subscribe)).status).toBe(404);
  });

  it('sees policies, tenants and the description of this surface', async () => {
    expect(await portal.visitor('GET', '/throttling-policies/application/10PerMin')).toMatchObject({
      body: { requestCount: 10, unitTime: 60_000, policyLevel: 'application' },
    });
    expect(await portal.visitor('GET', '/throttling-policies/subscription/?limit=2')).toMatchObject({
      status: 200,
      body: { count: 2 },
    });
    await portal.db.manager.update(
      ThrottlePolicy,
      { name: '50PerMin', level: 'application' },
      { permissions: { permissionType: 'ALLOW', roles: ['Internal/publisher'] } },
    );
    for (const send of [portal.visitor, ann])
      expect((await send('GET', '/throttling-policies/application/50PerMin')).status).toBe(404);
    expect((await portal.visitor('GET', '/throttling-policies/advanced')).status).toBe(400);
    expect((await portal.visitor('GET', '/throttling-policies/application/None')).status).toBe(404);
    expect((await portal.visitor('GET', '/tenants')).body.list).toContainEqual({
      domain: 'carbon.super',
      status: 'active',
    });
    const document = await portal.visitor('GET', '/openapi.json');
    expect(Object.keys(document.body['paths'] as object)).toContain('/applications/{applicationId}/generate-keys');
  });

  it('reaches everything without the version too', async () => {
    expect((await portal.visitor('GET', '/api/am/devportal/apis/')).status).toBe(200);
    expect((await ann('GET', '/api/am/devportal/applications')).status).toBe(200);
    expect((await portal.visitor('GET', '/applications')).status).toBe(401);
  });
});

it('says what a portal needs to know', async () => {
  expect(await ann('GET', '/settings')).toMatchObject({
    status: 200,
    body: {
      grantTypes: [
        'client_credentials',
        'refresh_token',
        'authorization_code',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:ietf:params:oauth:grant-type:token-exchange',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
    },
  });
  expect(await ann('GET', '/key-managers')).toMatchObject({
    status: 200,
    body: {
      count: 1,
      list: [{ name: 'Resident Key Manager', tokenEndpoint: expect.stringMatching(/\/oauth2\/token$/) }],
    },
  });
  expect(await ann('GET', '/settings/application-attributes')).toMatchObject({ status: 200, body: { count: 0 } });
});

// Last, because it judges the answers of all tests above. Without CONTRACTS_DIR it is left out.
it.skipIf(contract === null)('every answer matches the contract', () => {
  // The contract calls the definition a text, and a list of plans one plan; clients read a JSON object and a list.
  // It calls what is said about a secret objects; its own example is a text and a number.
  const known = [
    /\/swagger 200: body must be string/,
    /\/subscription-policies 200: body must be object/,
    /\/(generate-secret|secrets) 20[01]: body\S*\/additionalProperties\/\w+ must be object/,
  ];
  expect(portal.differences.filter((line) => !known.some((each) => each.test(line)))).toEqual([]);
});
