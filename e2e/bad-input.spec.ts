import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminApi, Caller, devportal, publisher } from './support/caller.js';
import { keepsContracts } from './support/contracts.js';
import { send, type Sending } from './support/rest.js';
import { embedded, type SingleInstallation } from './support/settings.js';

let installation: SingleInstallation;
let caller: Caller;
let ids: { api: string; application: string; policy: string };

const operations = [{ target: '/*', verb: 'GET' }];
const endpointConfig = { endpoint_type: 'http', production_endpoints: { url: 'http://127.0.0.1:1' } };
const limit = { type: 'REQUESTCOUNTLIMIT', requestCount: { requestCount: 5, timeUnit: 'min', unitTime: 1 } };
const nobody = randomUUID();

beforeAll(async () => {
  installation = await embedded();
  caller = await Caller.signIn(installation);
  const api = await caller.call('POST', `${publisher}/apis`, {
    json: { name: 'Taken', context: '/taken', version: '1.0.0', operations, endpointConfig, policies: ['Unlimited'] },
  });
  const application = await caller.call('POST', `${devportal}/applications`, {
    json: { name: 'Taken', throttlingPolicy: 'Unlimited', tokenType: 'JWT' },
  });
  const policy = await caller.call('POST', `${adminApi}/throttling/policies/application`, {
    json: { policyName: 'Taken', displayName: 'Taken', defaultLimit: limit },
  });
  ids = {
    api: String(api.body['id']),
    application: String(application.body['applicationId']),
    policy: String(policy.body['policyId']),
  };
}, 90_000);
afterAll(() => installation.stop());

/** Operations that take a JSON body, with a body that would pass. */
const writing: readonly [string, string, () => string, object][] = [
  [
    'create an API',
    'POST',
    () => `${publisher}/apis`,
    { name: 'New', context: '/new', version: '1.0.0', operations, endpointConfig },
  ],
  [
    'change an API',
    'PUT',
    () => `${publisher}/apis/${ids.api}`,
    { name: 'Taken', context: '/taken', version: '1.0.0', operations, endpointConfig },
  ],
  ['create a revision', 'POST', () => `${publisher}/apis/${ids.api}/revisions`, { description: 'r' }],
  ['create an application', 'POST', () => `${devportal}/applications`, { name: 'New', throttlingPolicy: 'Unlimited' }],
  [
    'change an application',
    'PUT',
    () => `${devportal}/applications/${ids.application}`,
    { name: 'Taken', throttlingPolicy: 'Unlimited' },
  ],
  [
    'generate keys',
    'POST',
    () => `${devportal}/applications/${ids.application}/generate-keys`,
    { keyType: 'PRODUCTION', grantTypesToBeSupported: ['client_credentials'] },
  ],
  [
    'subscribe',
    'POST',
    () => `${devportal}/subscriptions`,
    { apiId: nobody, applicationId: nobody, throttlingPolicy: 'Unlimited' },
  ],
  [
    'create an application policy',
    'POST',
    () => `${adminApi}/throttling/policies/application`,
    { policyName: 'New', defaultLimit: limit },
  ],
  [
    'create a subscription policy',
    'POST',
    () => `${adminApi}/throttling/policies/subscription`,
    { policyName: 'New', defaultLimit: limit },
  ],
  [
    'create an advanced policy',
    'POST',
    () => `${adminApi}/throttling/policies/advanced`,
    { policyName: 'New', defaultLimit: limit },
  ],
  [
    'deny',
    'POST',
    () => `${adminApi}/throttling/deny-policies`,
    { conditionType: 'IP', conditionValue: { fixedIp: '10.0.0.1', invert: false }, conditionStatus: false },
  ],
  [
    'create an environment',
    'POST',
    () => `${adminApi}/environments`,
    { name: 'New', displayName: 'New', vhosts: [{ host: 'new.example' }] },
  ],
];

describe.each(writing)('%s', (_, method, path, good) => {
  it.each<[string, number, Sending]>([
    ['no token', 401, { token: '' }],
    ['a token that is none', 401, { token: 'abc.def.ghi' }],
    ['broken JSON', 400, { json: '{"name":' }],
    ['a repeated name', 400, { json: '{"name":"a","name":"b"}' }],
    ['70 levels', 400, { json: `{"name":${'['.repeat(70)}${']'.repeat(70)}}` }],
    ['an array instead of an object', 400, { json: [] }],
    ['3 MB', 413, { json: { ...good, description: 'a'.repeat(3_000_000) } }],
    ['XML', 415, { raw: { type: 'application/xml', body: '<a/>' } }],
  ])("R-56 answers %s with %i in the contract's error body", async (_name, status, sending) => {
    const answer = await send(method, installation.controlPlanes[0] + path(), { token: caller.token, ...sending });
    expect(answer, answer.text).toMatchObject({
      status,
      body: {
        code: expect.any(Number),
        message: expect.any(String),
        description: expect.any(String),
        moreInfo: '',
        error: expect.any(Array),
      },
    });
    expect(answer.text).not.toMatch(/\bat .*\.js:\d+|SELECT |INSERT |SQLITE|TypeORM/i);
  });

  it('R-78 V-22 V-57 answers wrong types with 400 and names each field', async () => {
    const wrong = Object.fromEntries(Object.keys(good).map((key) => [key, { unexpected: [1] }]));
    const answer = await caller.call(method, path(), { json: wrong });
    expect(answer, answer.text).toMatchObject({ status: 400 });
    const fields = (answer.body['error'] as { code: string }[]).map((one) => one.code.split(/[.[]/)[0]);
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields) expect([...Object.keys(good), 'body']).toContain(field);
  });
});

describe('names and ids', () => {
  it.each<[string, string, () => string, object]>([
    [
      'an API name and version',
      'POST',
      () => `${publisher}/apis`,
      { name: 'Taken', context: '/other', version: '1.0.0', operations, endpointConfig },
    ],
    [
      'an API context',
      'POST',
      () => `${publisher}/apis`,
      { name: 'Other', context: '/taken', version: '1.0.0', operations, endpointConfig },
    ],
    [
      'an application name',
      'POST',
      () => `${devportal}/applications`,
      { name: 'Taken', throttlingPolicy: 'Unlimited' },
    ],
    [
      'a policy name',
      'POST',
      () => `${adminApi}/throttling/policies/application`,
      { policyName: 'Taken', displayName: 'Taken', defaultLimit: limit },
    ],
  ])('answers %s that is taken with 409', async (_, method, path, json) => {
    const answer = await caller.call(method, path(), { json });
    expect(answer, answer.text).toMatchObject({ status: 409 });
  });

  it.each<[string, string]>([
    ['GET', `${publisher}/apis/${nobody}`],
    ['DELETE', `${publisher}/apis/${nobody}`],
    ['GET', `${publisher}/apis/${nobody}/swagger`],
    ['GET', `${publisher}/apis/${nobody}/revisions`],
    ['POST', `${publisher}/apis/${nobody}/generate-key`],
    ['POST', `${publisher}/apis/change-lifecycle?apiId=${nobody}&action=Publish`],
    ['GET', `${devportal}/apis/${nobody}`],
    ['GET', `${devportal}/applications/${nobody}`],
    ['DELETE', `${devportal}/applications/${nobody}`],
    ['DELETE', `${devportal}/subscriptions/${nobody}`],
    ['GET', `${adminApi}/throttling/policies/application/${nobody}`],
    ['GET', `${adminApi}/throttling/deny-policy/${nobody}`],
    ['DELETE', `${adminApi}/environments/${nobody}`],
  ])('answers %s %s with 404', async (method, path) => {
    const answer = await caller.call(method, path);
    expect(answer, answer.text).toMatchObject({ status: 404, body: { message: 'Not Found' } });
  });

  it('V-55 never applies privileged fields', async () => {
    const made = await caller.call('POST', `${publisher}/apis`, {
      json: {
        name: 'Fields',
        context: '/fields',
        version: '1.0.0',
        operations,
        endpointConfig,
        provider: 'eve',
        lifeCycleStatus: 'PUBLISHED',
        id: nobody,
        organization: 'other',
        createdTime: '1',
        rowVersion: 99,
        isRevision: true,
      },
    });
    expect(made, made.text).toMatchObject({ status: 201, body: { provider: 'admin', lifeCycleStatus: 'CREATED' } });
    expect(made.body['id']).not.toBe(nobody);
    const application = await caller.call('POST', `${devportal}/applications`, {
      json: { name: 'Fields', throttlingPolicy: 'Unlimited', owner: 'eve', status: 'REJECTED', applicationId: nobody },
    });
    expect(application, application.text).toMatchObject({ status: 201, body: { owner: 'admin', status: 'APPROVED' } });
    expect(application.body['applicationId']).not.toBe(nobody);
  });
});

describe('somebody else', () => {
  it("gets 404 for a user's applications and for another organization's APIs", async () => {
    const base = installation.controlPlanes[0] ?? '';
    const password = 'another-Password-9x';
    const user = await send('POST', `${base}/scim2/Users`, {
      basic: installation.admin,
      json: {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: 'susan',
        password,
        emails: ['susan@example.org'],
      },
    });
    expect(user, user.text).toMatchObject({ status: 201 });
    const roles = await send('GET', `${base}/scim2/v2/Roles`, { basic: installation.admin });
    const subscriber = (roles.body['Resources'] as { id: string; displayName: string }[]).find(
      (role) => role.displayName === 'Internal/subscriber',
    );
    const joined = await send('PATCH', `${base}/scim2/v2/Roles/${subscriber?.id}`, {
      basic: installation.admin,
      json: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'add', path: 'users', value: [{ value: user.body['id'] }] }],
      },
    });
    expect([200, 204], joined.text).toContain(joined.status);
    const susan = await signInAs('susan', password);
    expect((await susan('GET', `${devportal}/applications/${ids.application}`)).status).toBe(404);
    expect((await susan('DELETE', `${devportal}/applications/${ids.application}`)).status).toBe(404);
    expect(
      (await susan('POST', `${publisher}/apis`, { json: { name: 'X', context: '/x', version: '1' } })).status,
    ).toBe(401);
    expect((await susan('GET', `${devportal}/applications`)).status).toBe(200);
    const tenant = await send('POST', `${base}/api/server/v1/tenants`, {
      basic: installation.admin,
      json: {
        domain: 'other.example',
        owners: [
          {
            username: 'olga',
            password,
            email: 'olga@other.example',
            firstname: 'O',
            lastname: 'L',
            provisioningMethod: 'inline-password',
          },
        ],
      },
    });
    expect(tenant, tenant.text).toMatchObject({ status: 201 });
    const olga = await signInAs('olga@other.example', password);
    expect((await olga('GET', `${publisher}/apis/${ids.api}`)).status).toBe(404);
    expect((await olga('GET', `${publisher}/apis`)).body).toMatchObject({ count: 0 });
  });
});

/** Registers a client as this user and gets a token with whatever scopes the user's roles give. */
async function signInAs(
  userName: string,
  password: string,
): Promise<(method: string, path: string, sending?: Sending) => ReturnType<typeof send>> {
  const base = installation.controlPlanes[0] ?? '';
  const client = await send('POST', `${base}/client-registration/v0.17/register`, {
    basic: [userName, password],
    json: {
      clientName: `of ${userName}`,
      owner: userName,
      grantType: 'client_credentials',
      callbackUrl: '',
      saasApp: true,
    },
  });
  expect(client, client.text).toMatchObject({ status: 200 });
  const token = await send('POST', `${base}/oauth2/token`, {
    basic: [String(client.body['clientId']), String(client.body['clientSecret'])],
    form: {
      grant_type: 'client_credentials',
      scope: 'apim:api_view apim:api_create apim:subscribe apim:app_manage apim:admin',
    },
  });
  return (method, path, sending = {}) =>
    send(method, base + path, { token: String(token.body['access_token']), ...sending });
}

describe('a malformed OpenAPI file', () => {
  it('is answered with the line and the reason, and nothing is stored', async () => {
    const before = await caller.call('GET', `${publisher}/apis`);
    const additionalProperties = JSON.stringify({ name: 'Bad', context: '/bad', version: '1', endpointConfig });
    const file =
      'openapi: 3.0.1\ninfo:\n  title: Bad\n  version: "1"\npaths:\n  /a:\n    get:\n      responses: [wrong\n';
    const answer = await caller.call('POST', `${publisher}/apis/import-openapi`, {
      multipart: { file, additionalProperties },
    });
    expect(answer, answer.text).toMatchObject({ status: 400 });
    expect(answer.text).toMatch(/line \d+/i);
    const missing = await caller.call('POST', `${publisher}/apis/import-openapi`, {
      multipart: { file: 'openapi: 3.0.1\ninfo:\n  title: Bad\npaths: {}\n', additionalProperties },
    });
    expect(missing, missing.text).toMatchObject({ status: 400 });
    expect(missing.text).toMatch(/version/);
    expect((await caller.call('GET', `${publisher}/apis`)).body['count']).toBe(before.body['count']);
  });
});

keepsContracts();
