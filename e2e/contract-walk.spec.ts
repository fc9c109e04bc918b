import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminApi, Caller, devportal, publisher } from './support/caller.js';
import { keepsContracts } from './support/contracts.js';
import { startPartner, type Partner } from './support/partner.js';
import type { Answer, Sending } from './support/rest.js';
import { send } from './support/rest.js';
import { embedded, type SingleInstallation } from './support/settings.js';

/** Serves an OpenAPI file to import by its address. */
const files = createServer((_request, response) => response.end(JSON.stringify(swagger2)));

const operations = [{ target: '/*', verb: 'GET' }];
const endpointConfig = { endpoint_type: 'http', production_endpoints: { url: 'http://127.0.0.1:1' } };
const limit = (requestCount: number): object => ({
  type: 'REQUESTCOUNTLIMIT',
  requestCount: { requestCount, timeUnit: 'min', unitTime: 1 },
});
const info = { title: 'Imported', version: '1.0.0' };
const paths = { '/items': { get: { responses: { 200: { description: 'ok' } } } } };
const swagger2 = { swagger: '2.0', info, paths };
const openApi30 = { openapi: '3.0.1', info, paths };
const openApi31 = { openapi: '3.1.0', info, paths };
const asyncApi26 = { asyncapi: '2.6.0', info: { ...info, title: 'Rooms' }, channels: { room: { subscribe: {} } } };
const webSocket = { endpoint_type: 'ws', production_endpoints: { url: 'ws://127.0.0.1:1' } };

let installation: SingleInstallation;
let caller: Caller;
let partner: Partner;
const answered = new Set<string>();

beforeAll(async () => {
  [installation, partner] = await Promise.all([embedded(), startPartner()]);
  caller = await Caller.signIn(installation);
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(async () => {
  files.close();
  await installation.stop();
  await partner.stop();
});

/** Registers a real external key manager. @returns what maps a client of its own */
async function keysOfPartner(): Promise<object> {
  const { issuer, client } = partner;
  const json = {
    name: 'Partner',
    type: 'oidc',
    issuer,
    tokenEndpoint: `${issuer}/token`,
    certificates: { type: 'JWKS', value: `${issuer}/jwks` },
    enableMapOAuthConsumerApps: true,
  };
  expect(await caller.call('POST', `${adminApi}/key-managers`, { json })).toMatchObject({ status: 201 });
  return { keyType: 'PRODUCTION', keyManager: 'Partner', consumerKey: client.id, consumerSecret: client.secret };
}

/** One call that must succeed with this status; remembered by its path template. */
async function ok(
  status: number,
  method: string,
  template: string,
  ids: Record<string, string> = {},
  sending: Sending = {},
  query = '',
): Promise<Answer['body']> {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '');
  const answer = await caller.call(method, path + query, sending);
  expect(answer.status, `${method} ${path}${query}: ${answer.text.slice(0, 300)}`).toBe(status);
  answered.add(`${method} ${template}`);
  return answer.body;
}

const text = (value: unknown): string => String(value);
const listOf = (body: Answer['body']): Record<string, unknown>[] => body['list'] as Record<string, unknown>[];

const certificateOf = async (value: string): Promise<string> =>
  (await generate([{ name: 'commonName', value }], { keySize: 2048 })).cert;

/** Comments are the same on both surfaces. */
async function walkComments(surface: string, apiId: string): Promise<void> {
  const all = `${surface}/apis/{apiId}/comments`;
  const json = { content: 'How do I page?' };
  const commentId = text((await ok(201, 'POST', all, { apiId }, { json }))['id']);
  const id = { apiId, commentId };
  await ok(201, 'POST', all, { apiId }, { json: { content: 'With limit' } }, `?replyTo=${commentId}`);
  await ok(200, 'GET', all, { apiId }, {}, '?includeCommenterInfo=true&limit=5');
  await ok(200, 'GET', `${all}/{commentId}`, id, {}, '?replyLimit=1&replyOffset=0');
  await ok(200, 'GET', `${all}/{commentId}/replies`, id);
  await ok(200, 'PATCH', `${all}/{commentId}`, id, { json: { content: 'How do I turn pages?' } });
  await ok(200, 'DELETE', `${all}/{commentId}`, id);
}

it('serves every operation of the publisher', async () => {
  const json = {
    name: 'Walk',
    context: '/walk',
    version: '1.0.0',
    operations,
    endpointConfig,
    policies: ['Unlimited', 'Gold'],
  };
  const apiId = text((await ok(201, 'POST', `${publisher}/apis`, {}, { json }))['id']);
  const id = { apiId };
  await ok(200, 'GET', `${publisher}/apis`, {}, {}, '?query=name:Walk&sortBy=name&sortOrder=asc&limit=5');
  const whole = await ok(200, 'GET', `${publisher}/apis/{apiId}`, id);
  await ok(200, 'PUT', `${publisher}/apis/{apiId}`, id, { json: { ...whole, description: 'changed' } });
  await ok(200, 'POST', `${publisher}/apis/validate`, {}, {}, '?query=name:Walk');
  await ok(200, 'GET', `${publisher}/apis/{apiId}/swagger`, id);
  await ok(200, 'PUT', `${publisher}/apis/{apiId}/swagger`, id, {
    multipart: { apiDefinition: JSON.stringify(openApi30) },
  });
  for (const [i, source] of [
    { file: JSON.stringify(openApi30) },
    { inlineAPIDefinition: JSON.stringify(openApi31) },
    { url: `http://127.0.0.1:${(files.address() as AddressInfo).port}/swagger.json` },
  ].entries()) {
    const additionalProperties = JSON.stringify({
      name: `Import${i}`,
      context: `/import${i}`,
      version: '1.0.0',
      endpointConfig,
      policies: ['Unlimited'],
    });
    const imported = await ok(
      201,
      'POST',
      `${publisher}/apis/import-openapi`,
      {},
      { multipart: { ...source, additionalProperties } },
    );
    expect(imported['operations']).toEqual([expect.objectContaining({ target: '/items', verb: 'GET' })]);
  }
  await ok(
    200,
    'POST',
    `${publisher}/apis/validate-openapi`,
    {},
    { multipart: { file: JSON.stringify(swagger2) } },
    '?returnContent=true',
  );
  const rooms = JSON.stringify(asyncApi26);
  const room = await ok(
    201,
    'POST',
    `${publisher}/apis/import-asyncapi`,
    {},
    {
      multipart: {
        file: rooms,
        additionalProperties: JSON.stringify({ context: '/rooms', endpointConfig: webSocket }),
      },
    },
  );
  const roomId = { apiId: text(room['id']) };
  await ok(200, 'POST', `${publisher}/apis/validate-asyncapi`, {}, { multipart: { file: rooms } });
  await ok(200, 'GET', `${publisher}/apis/{apiId}/asyncapi`, roomId);
  await ok(200, 'PUT', `${publisher}/apis/{apiId}/asyncapi`, roomId, { multipart: { apiDefinition: rooms } });
  await ok(200, 'PUT', `${publisher}/apis/{apiId}/topics`, roomId, {
    json: { count: 1, list: [{ name: 'room', mode: 'SUBSCRIBE', description: 'What is said' }] },
  });
  const certificates = `${publisher}/apis/{apiId}/client-certificates`;
  const [certificate, other] = await Promise.all(['a', 'b'].map(certificateOf));
  const added = { alias: 'walker', tier: 'Gold', certificate: certificate ?? '' };
  const one = { apiId, alias: 'walker' };
  await ok(200, 'POST', certificates, id, { multipart: added });
  await ok(200, 'GET', certificates, id);
  await ok(200, 'GET', `${certificates}/{alias}`, one);
  await ok(200, 'PUT', `${certificates}/{alias}`, one, { multipart: { certificate: other ?? '' } });
  await ok(200, 'GET', `${certificates}/{alias}/content`, one);
  await ok(200, 'DELETE', `${certificates}/{alias}`, one);
  const trusted = `${publisher}/endpoint-certificates`;
  const ofEndpoint = { alias: 'walked', endpoint: 'https://back.example.com', certificate: certificate ?? '' };
  const walked = { alias: 'walked' };
  await ok(200, 'POST', trusted, {}, { multipart: ofEndpoint });
  await ok(200, 'GET', trusted);
  await ok(200, 'GET', `${trusted}/{alias}`, walked);
  await ok(200, 'PUT', `${trusted}/{alias}`, walked, { multipart: { certificate: other ?? '' } });
  await ok(200, 'GET', `${trusted}/{alias}/content`, walked);
  await ok(200, 'GET', `${trusted}/{alias}/usage`, walked);
  await ok(200, 'DELETE', `${trusted}/{alias}`, walked);
  const documents = `${publisher}/apis/{apiId}/documents`;
  const guide = { name: 'Guide', type: 'HOWTO', sourceType: 'MARKDOWN', visibility: 'API_LEVEL' };
  const documentId = text((await ok(201, 'POST', documents, id, { json: guide }))['documentId']);
  const document = { apiId, documentId };
  await ok(200, 'POST', `${documents}/validate`, id, {}, '?name=Guide');
  await ok(200, 'GET', documents, id);
  await ok(200, 'GET', `${documents}/{documentId}`, document);
  await ok(200, 'PUT', `${documents}/{documentId}`, document, { json: { ...guide, summary: 'changed' } });
  await ok(200, 'POST', `${documents}/{documentId}/content`, document, { multipart: { inlineContent: '# Guide' } });
  await ok(200, 'GET', `${documents}/{documentId}/content`, document);
  await ok(200, 'DELETE', `${documents}/{documentId}`, document);
  await walkComments(publisher, apiId);
  const revisionId = text(
    (await ok(201, 'POST', `${publisher}/apis/{apiId}/revisions`, id, { json: { description: 'one' } }))['id'],
  );
  await ok(200, 'GET', `${publisher}/apis/{apiId}/revisions`, id);
  await ok(200, 'GET', `${publisher}/apis/{apiId}/revisions/{revisionId}`, { apiId, revisionId });
  await ok(
    201,
    'POST',
    `${publisher}/apis/{apiId}/deploy-revision`,
    id,
    { json: [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }] },
    `?revisionId=${revisionId}`,
  );
  await ok(200, 'GET', `${publisher}/apis/{apiId}/deployments`, id);
  await ok(201, 'POST', `${publisher}/apis/{apiId}/restore-revision`, id, {}, `?revisionId=${revisionId}`);
  await ok(200, 'POST', `${publisher}/apis/{apiId}/generate-key`, id);
  await ok(200, 'POST', `${publisher}/apis/change-lifecycle`, {}, {}, `?apiId=${apiId}&action=Publish`);
  await ok(200, 'GET', `${publisher}/apis/{apiId}/lifecycle-state`, id);
  // Nothing waits for approval here; e2e/workflows.spec.ts takes back what does.
  await ok(404, 'DELETE', `${publisher}/apis/{apiId}/lifecycle-state/pending-tasks`, id);
  const waiting = { ...id, revisionId, envName: 'Default' };
  await ok(404, 'DELETE', `${publisher}/apis/{apiId}/cancel-revision-workflow/{revisionId}/{envName}`, waiting);
  await ok(200, 'GET', `${publisher}/apis/{apiId}/lifecycle-history`, id);
  await ok(201, 'POST', `${publisher}/apis/copy-api`, {}, {}, `?newVersion=2.0.0&apiId=${apiId}`);
  for (const policyLevel of ['api', 'subcription'])
    await ok(200, 'GET', `${publisher}/throttling-policies/{policyLevel}`, { policyLevel });
  await ok(200, 'GET', `${publisher}/throttling-policies/streaming/subscription`);
  await ok(200, 'GET', `${publisher}/throttling-policies/{policyLevel}/{policyName}`, {
    policyLevel: 'subcription',
    policyName: 'Gold',
  });
  const offered = await ok(200, 'GET', `${publisher}/operation-policies`, {}, {}, '?query=name:addHeader');
  const operationPolicyId = text(listOf(offered)[0]?.['id']);
  await ok(200, 'GET', `${publisher}/operation-policies/{operationPolicyId}`, { operationPolicyId });
  await ok(200, 'GET', `${publisher}/apis/{apiId}/operation-policies`, id);
  await ok(200, 'GET', `${publisher}/apis/{apiId}/operation-policies/{operationPolicyId}`, {
    apiId,
    operationPolicyId,
  });
  await ok(200, 'GET', `${publisher}/settings`);
  await ok(200, 'GET', `${publisher}/openapi.json`);
  const application = text(
    (await ok(201, 'POST', `${devportal}/applications`, {}, { json: { name: 'Walk', throttlingPolicy: 'Unlimited' } }))[
      'applicationId'
    ],
  );
  const subscription = text(
    (
      await ok(
        201,
        'POST',
        `${devportal}/subscriptions`,
        {},
        { json: { apiId, applicationId: application, throttlingPolicy: 'Gold' } },
      )
    )['subscriptionId'],
  );
  await ok(200, 'GET', `${publisher}/subscriptions`, {}, {}, `?apiId=${apiId}`);
  await ok(
    200,
    'POST',
    `${publisher}/subscriptions/block-subscription`,
    {},
    {},
    `?subscriptionId=${subscription}&blockState=PROD_ONLY_BLOCKED`,
  );
  await ok(200, 'POST', `${publisher}/subscriptions/unblock-subscription`, {}, {}, `?subscriptionId=${subscription}`);
  await ok(
    200,
    'POST',
    `${publisher}/subscriptions/change-business-plan`,
    {},
    {},
    `?subscriptionId=${subscription}&businessPlan=Unlimited`,
  );
  await ok(200, 'DELETE', `${devportal}/subscriptions/{subscriptionId}`, { subscriptionId: subscription });
  await ok(
    201,
    'POST',
    `${publisher}/apis/{apiId}/undeploy-revision`,
    id,
    { json: [{ name: 'Default', vhost: 'localhost' }] },
    `?revisionId=${revisionId}`,
  );
  await ok(200, 'DELETE', `${publisher}/apis/{apiId}/revisions/{revisionId}`, { apiId, revisionId });
  await ok(200, 'DELETE', `${publisher}/apis/{apiId}`, id);
}, 60_000);

it('serves every operation of the developer portal', async () => {
  const api = async (name: string): Promise<string> => {
    const json = {
      name,
      context: `/${name}`,
      version: '1.0.0',
      operations,
      endpointConfig,
      policies: ['Unlimited', 'Gold'],
    };
    const apiId = text((await ok(201, 'POST', `${publisher}/apis`, {}, { json }))['id']);
    await ok(200, 'POST', `${publisher}/apis/change-lifecycle`, {}, {}, `?apiId=${apiId}&action=Publish`);
    return apiId;
  };
  const [first, second] = [await api('shop'), await api('bank')];
  await ok(200, 'GET', `${devportal}/apis`, {}, {}, '?query=shop&limit=3');
  await ok(200, 'GET', `${devportal}/search`, {}, {}, '?query=shop');
  await ok(200, 'GET', `${devportal}/tags`);
  await ok(200, 'GET', `${devportal}/sign-up`);
  await ok(200, 'GET', `${devportal}/apis/{apiId}`, { apiId: first });
  await ok(200, 'GET', `${devportal}/apis/{apiId}/swagger`, { apiId: first });
  await ok(200, 'GET', `${devportal}/apis/{apiId}/subscription-policies`, { apiId: first });
  const revision = text(
    (await ok(201, 'POST', `${publisher}/apis/{apiId}/revisions`, { apiId: first }, { json: {} }))['id'],
  );
  const where = [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }];
  await ok(
    201,
    'POST',
    `${publisher}/apis/{apiId}/deploy-revision`,
    { apiId: first },
    { json: where },
    `?revisionId=${revision}`,
  );
  const tried = { environmentName: 'Default', method: 'GET', path: '/items' };
  const gateway = await ok(200, 'POST', `${devportal}/apis/{apiId}/try-out`, { apiId: first }, { json: tried });
  expect([401, 404]).toContain(gateway['status']);
  const guide = { name: 'Guide', type: 'HOWTO', sourceType: 'INLINE', visibility: 'API_LEVEL', inlineContent: 'Read' };
  const written = await ok(201, 'POST', `${publisher}/apis/{apiId}/documents`, { apiId: first }, { json: guide });
  const documents = `${devportal}/apis/{apiId}/documents`;
  const document = { apiId: first, documentId: text(written['documentId']) };
  await ok(200, 'GET', documents, { apiId: first });
  await ok(200, 'GET', `${documents}/{documentId}`, document);
  await ok(200, 'GET', `${documents}/{documentId}/content`, document);
  await walkComments(devportal, first);
  const ofFirst = { apiId: first };
  await ok(200, 'PUT', `${devportal}/apis/{apiId}/user-rating`, ofFirst, { json: { rating: 4 } });
  await ok(200, 'GET', `${devportal}/apis/{apiId}/user-rating`, ofFirst);
  await ok(200, 'GET', `${devportal}/apis/{apiId}/ratings`, ofFirst);
  await ok(200, 'DELETE', `${devportal}/apis/{apiId}/user-rating`, ofFirst);
  const made = await ok(
    201,
    'POST',
    `${devportal}/applications`,
    {},
    { json: { name: 'Portal', throttlingPolicy: '10PerMin', tokenType: 'JWT' } },
  );
  const applicationId = text(made['applicationId']);
  const of = { applicationId };
  await ok(200, 'GET', `${devportal}/applications`, {}, {}, '?query=Portal&sortBy=name&sortOrder=desc');
  await ok(200, 'GET', `${devportal}/applications/{applicationId}`, of);
  await ok(200, 'PUT', `${devportal}/applications/{applicationId}`, of, {
    json: { name: 'Portal', throttlingPolicy: '20PerMin', description: 'changed' },
  });
  await ok(200, 'POST', `${devportal}/applications/{applicationId}/reset-throttle-policy`, of, {
    json: { userName: 'admin' },
  });
  const keys = { grantTypesToBeSupported: ['client_credentials'], validityTime: '3600' };
  const production = await ok(200, 'POST', `${devportal}/applications/{applicationId}/generate-keys`, of, {
    json: { ...keys, keyType: 'PRODUCTION' },
  });
  await ok(200, 'POST', `${devportal}/applications/{applicationId}/generate-keys`, of, {
    json: { ...keys, keyType: 'SANDBOX' },
  });
  await ok(200, 'POST', `${devportal}/applications/{applicationId}/map-keys`, of, { json: await keysOfPartner() });
  await ok(200, 'GET', `${devportal}/applications/{applicationId}/oauth-keys`, of);
  const mapping = { applicationId, keyMappingId: text(production['keyMappingId']) };
  const byMapping = `${devportal}/applications/{applicationId}/oauth-keys/{keyMappingId}`;
  await ok(200, 'GET', byMapping, mapping);
  await ok(200, 'PUT', byMapping, mapping, {
    json: { ...production, supportedGrantTypes: ['client_credentials', 'refresh_token'] },
  });
  const renewed = await ok(200, 'POST', `${byMapping}/regenerate-secret`, mapping);
  await ok(200, 'POST', `${byMapping}/generate-token`, mapping, {
    json: { consumerSecret: renewed['consumerSecret'], validityPeriod: 600, scopes: [] },
  });
  const added = await ok(201, 'POST', `${byMapping}/generate-secret`, mapping, {
    json: { additionalProperties: { description: 'next', expiresIn: 86_400 } },
  });
  await ok(200, 'GET', `${byMapping}/secrets`, mapping);
  await ok(204, 'POST', `${byMapping}/revoke-secret`, mapping, { json: { secretId: added['secretId'] } });
  const sandbox = { applicationId, keyType: 'SANDBOX' };
  const byType = `${devportal}/applications/{applicationId}/keys/{keyType}`;
  await ok(200, 'GET', `${devportal}/applications/{applicationId}/keys`, of);
  const old = await ok(200, 'GET', byType, sandbox);
  await ok(200, 'PUT', byType, sandbox, { json: { ...old, supportedGrantTypes: ['client_credentials'] } });
  const again = await ok(200, 'POST', `${byType}/regenerate-secret`, sandbox);
  await ok(200, 'POST', `${byType}/generate-token`, sandbox, {
    json: { consumerSecret: again['consumerSecret'], validityPeriod: 600, scopes: [] },
  });
  await ok(200, 'POST', `${byType}/clean-up`, sandbox);
  const apiKeys = `${devportal}/applications/{applicationId}/api-keys/{keyType}`;
  const typed = { applicationId, keyType: 'PRODUCTION' };
  const key = await ok(200, 'POST', `${apiKeys}/generate`, typed, {
    json: {
      keyName: 'k',
      validityPeriod: 600,
      additionalProperties: { permittedIP: '127.0.0.1', permittedReferer: '' },
    },
  });
  const listed = listOf(await ok(200, 'GET', apiKeys, typed))[0] ?? {};
  const fresh = await ok(200, 'POST', `${apiKeys}/regenerate`, typed, { json: { keyUUID: listed['keyUUID'] } });
  await ok(200, 'POST', `${apiKeys}/revoke`, typed, { json: { apikey: fresh['apikey'] ?? key['apikey'] } });
  const subscription = await ok(
    201,
    'POST',
    `${devportal}/subscriptions`,
    {},
    { json: { apiId: first, applicationId, throttlingPolicy: 'Gold' } },
  );
  const subscriptionId = text(subscription['subscriptionId']);
  await ok(
    200,
    'POST',
    `${devportal}/subscriptions/multiple`,
    {},
    { json: [{ apiId: second, applicationId, throttlingPolicy: 'Unlimited' }] },
  );
  await ok(200, 'GET', `${devportal}/subscriptions`, {}, {}, `?applicationId=${applicationId}`);
  await ok(200, 'GET', `${devportal}/subscriptions/{subscriptionId}`, { subscriptionId });
  await ok(
    200,
    'PUT',
    `${devportal}/subscriptions/{subscriptionId}`,
    { subscriptionId },
    { json: { apiId: first, applicationId, throttlingPolicy: 'Unlimited' } },
  );
  await ok(200, 'DELETE', `${devportal}/subscriptions/{subscriptionId}`, { subscriptionId });
  for (const policyLevel of ['application', 'subscription'])
    await ok(200, 'GET', `${devportal}/throttling-policies/{policyLevel}`, { policyLevel });
  await ok(200, 'GET', `${devportal}/throttling-policies/{policyLevel}/{policyId}`, {
    policyLevel: 'application',
    policyId: '10PerMin',
  });
  for (const path of ['settings', 'settings/application-attributes', 'key-managers', 'tenants', 'openapi.json'])
    await ok(200, 'GET', `${devportal}/${path}`);
  await ok(200, 'POST', `${byMapping}/clean-up`, mapping);
  await ok(200, 'DELETE', `${devportal}/applications/{applicationId}`, of);
}, 60_000);

it('serves every operation of the administrator', async () => {
  for (const level of ['application', 'advanced', 'subscription']) {
    const base = `${adminApi}/throttling/policies/${level}`;
    const json = { policyName: `Walk${level}`, displayName: 'Walk', description: 'walk', defaultLimit: limit(7) };
    const policyId = text((await ok(201, 'POST', base, {}, { json }))['policyId']);
    await ok(200, 'GET', base);
    await ok(200, 'GET', `${base}/{policyId}`, { policyId });
    await ok(200, 'PUT', `${base}/{policyId}`, { policyId }, { json: { ...json, defaultLimit: limit(8) } });
    const all = `${adminApi}/throttling/policies`;
    const exported = await ok(200, 'GET', `${all}/export`, {}, {}, `?policyId=${policyId}`);
    await ok(200, 'DELETE', `${base}/{policyId}`, { policyId });
    await ok(200, 'POST', `${all}/import`, {}, { multipart: { file: JSON.stringify(exported) } });
  }
  const custom = `${adminApi}/throttling/policies/custom`;
  const rule = {
    policyName: 'WalkRule',
    description: 'walk',
    keyTemplate: '$userId',
    siddhiQuery:
      'from RequestStream#throttler:timeBatch(1 min) select userId as throttleKey, count() >= 1000000 as isThrottled, expiryTimeStamp group by userId insert all events into ResultStream;',
  };
  await ok(200, 'POST', `${custom}/check`, {}, { json: rule });
  const ruleId = text((await ok(201, 'POST', custom, {}, { json: rule }))['policyId']);
  await ok(200, 'GET', custom);
  await ok(200, 'GET', `${custom}/{ruleId}`, { ruleId });
  await ok(200, 'PUT', `${custom}/{ruleId}`, { ruleId }, { json: { ...rule, description: 'changed' } });
  for (const own of ['', '/policies']) await ok(200, 'GET', `${adminApi}/topology${own}`);
  await ok(200, 'GET', `${adminApi}/throttling/policies/search`, {}, {}, '?query=type:all');
  await ok(200, 'DELETE', `${custom}/{ruleId}`, { ruleId });
  const condition = {
    conditionType: 'IPRANGE',
    conditionValue: { startingIp: '10.0.0.1', endingIp: '10.0.0.9', invert: false },
    conditionStatus: true,
  };
  const conditionId = text(
    (await ok(201, 'POST', `${adminApi}/throttling/deny-policies`, {}, { json: condition }))['conditionId'],
  );
  await ok(200, 'GET', `${adminApi}/throttling/deny-policies`);
  await ok(200, 'GET', `${adminApi}/throttling/deny-policy/{conditionId}`, { conditionId });
  await ok(
    200,
    'PATCH',
    `${adminApi}/throttling/deny-policy/{conditionId}`,
    { conditionId },
    { json: { conditionStatus: false } },
  );
  await ok(200, 'DELETE', `${adminApi}/throttling/deny-policy/{conditionId}`, { conditionId });
  const environment = {
    name: 'Walk',
    displayName: 'Walk',
    type: 'hybrid',
    gatewayType: 'Regular',
    vhosts: [{ host: 'walk.example', httpContext: '', httpPort: 80, httpsPort: 443, wsPort: 9099, wssPort: 8099 }],
  };
  const environmentId = text((await ok(201, 'POST', `${adminApi}/environments`, {}, { json: environment }))['id']);
  await ok(200, 'GET', `${adminApi}/environments`);
  await ok(
    200,
    'PUT',
    `${adminApi}/environments/{environmentId}`,
    { environmentId },
    { json: { ...environment, displayName: 'Walked' } },
  );
  await ok(200, 'GET', `${adminApi}/environments/{environmentId}/gateways`, { environmentId });
  await ok(200, 'DELETE', `${adminApi}/environments/{environmentId}`, { environmentId });
  // Specs of their own change key managers, signing keys, revocations and workflows: here, how they refuse.
  for (const list of ['audit-events', 'key-managers', 'signing-keys', 'workflows'])
    await ok(200, 'GET', `${adminApi}/${list}`);
  const provider = { name: 'walk', issuer: partner.issuer, clientId: 'walk', clientSecret: 'a-secret-of-the-walk' };
  const identityProviders = `${adminApi}/identity-providers`;
  const made = await ok(201, 'POST', identityProviders, {}, { json: provider });
  expect(made).toMatchObject({
    redirectUri: expect.stringMatching(/\/oauth2\/federation\/walk$/),
    clientSecret: '********',
  });
  const identityProviderId = text(made['id']);
  await ok(200, 'GET', identityProviders);
  const one = `${identityProviders}/{identityProviderId}`;
  await ok(200, 'GET', one, { identityProviderId });
  await ok(200, 'PUT', one, { identityProviderId }, { json: { ...made, displayName: 'Walked' } });
  const link = { subject: 'walker', userName: 'admin' };
  const accountId = text((await ok(201, 'POST', `${one}/accounts`, { identityProviderId }, { json: link }))['id']);
  await ok(200, 'GET', `${one}/accounts`, { identityProviderId });
  await ok(200, 'DELETE', `${one}/accounts/{accountId}`, { identityProviderId, accountId });
  await ok(200, 'DELETE', one, { identityProviderId });
  const nobody = randomUUID();
  await ok(415, 'POST', `${adminApi}/key-managers/discover`, {}, { json: {} });
  for (const create of ['key-managers', 'token-revocations'])
    await ok(400, 'POST', `${adminApi}/${create}`, {}, { json: {} });
  for (const method of ['GET', 'DELETE'])
    await ok(404, method, `${adminApi}/key-managers/{keyManagerId}`, { keyManagerId: nobody });
  await ok(400, 'PUT', `${adminApi}/key-managers/{keyManagerId}`, { keyManagerId: nobody }, { json: {} });
  await ok(200, 'GET', `${adminApi}/users/{userName}/sessions`, { userName: 'admin' });
  await ok(200, 'GET', `${adminApi}/users/{userName}/second-factor`, { userName: 'admin' });
  await ok(404, 'DELETE', `${adminApi}/users/{userName}/second-factor`, { userName: nobody });
  await ok(404, 'DELETE', `${adminApi}/users/{userName}/sessions`, { userName: nobody });
  await ok(404, 'DELETE', `${adminApi}/users/{userName}/sessions/{sessionId}`, { userName: nobody, sessionId: nobody });
  await ok(404, 'DELETE', `${adminApi}/signing-keys/{kid}`, { kid: nobody });
  await ok(201, 'POST', `${adminApi}/signing-keys/rotate`, {}, { json: {} });
  await ok(404, 'GET', `${adminApi}/workflows/{externalWorkflowRef}`, { externalWorkflowRef: nobody });
  await ok(
    404,
    'POST',
    `${adminApi}/workflows/update-workflow-status`,
    {},
    { json: { status: 'APPROVED' } },
    `?workflowReferenceId=${nobody}`,
  );
  await ok(
    401,
    'POST',
    `${adminApi}/workflows/{externalWorkflowRef}/callback`,
    { externalWorkflowRef: nobody },
    { json: { status: 'APPROVED' } },
  );
  // A wrong current password changes nothing.
  const wrong = { currentPassword: 'Not-the-password-1', newPassword: 'Another-good-password-1' };
  await ok(400, 'POST', `${devportal}/me/change-password`, {}, { json: wrong });
  await ok(200, 'GET', `${adminApi}/settings`);
  const config = await ok(200, 'GET', `${adminApi}/tenant-config`);
  await ok(200, 'PUT', `${adminApi}/tenant-config`, {}, { json: config });
  await ok(200, 'GET', `${adminApi}/openapi.json`);
}, 60_000);

it('serves what the internal data service tells of throttling, to the hub only', async () => {
  const hub = '/internal/data/v1';
  const templates = ['/block', '/keyTemplates'];
  const policies = ['subscription', 'application', 'api', 'global'].map((level) => `/${level}-policies`);
  for (const path of [...templates, ...policies]) {
    await ok(200, 'GET', `${hub}${path}`, {}, { basic: installation.admin, headers: { xWSO2Tenant: 'carbon.super' } });
    expect([path, (await send('GET', caller.base + hub + path)).status]).toEqual([path, 401]);
  }
  const gold = await ok(
    200,
    'GET',
    `${hub}/subscription-policies`,
    {},
    { basic: installation.admin },
    '?policyName=Gold',
  );
  expect(gold).toMatchObject({ count: 1, list: [{ name: 'Gold', defaultLimit: { quotaType: 'requestCount' } }] });
});

it.each([
  '/carbon/admin/login.jsp',
  '/services/Version',
  '/services/AuthenticationAdmin?wsdl',
  '/services/RemoteUserStoreManagerService',
  '/fileupload/resource',
  '/t/carbon.super/fileupload/any',
  '/registry/resource/_system/config',
  '/store/site/blocks/forum',
  '/sqlapi',
  '/h2-console',
  '/actuator/env',
])('V-65 serves nothing that nobody needs: %s', async (path) => {
  for (const base of [installation.controlPlanes[0], installation.gateways[0]])
    for (const method of ['GET', 'POST'])
      expect((await send(method, `${base}${path}`, { basic: installation.admin })).status).toBe(404);
});

it('left out no operation that the served OpenAPI documents name', async () => {
  for (const base of [publisher, devportal, adminApi]) {
    const document = (await send('GET', `${installation.controlPlanes[0]}${base}/openapi.json`)).body as {
      paths: Record<string, Record<string, unknown>>;
    };
    const named = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${base}${path}`),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((one) => !answered.has(one))).toEqual([]);
  }
});

keepsContracts();
