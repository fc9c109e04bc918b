import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adminApi, Caller, devportal, publisher } from './support/caller.js';
import { keepsContracts } from './support/contracts.js';
import { embedded, type SingleInstallation } from './support/settings.js';
import { send } from './support/rest.js';

let installation: SingleInstallation;
let caller: Caller;
let api: string;
let revision: string;
const within = { timeout: 30_000, interval: 100 };

beforeAll(async () => {
  installation = await embedded();
  caller = await Caller.signIn(installation);
  const made = await caller.call('POST', `${publisher}/apis`, {
    json: {
      name: 'Approved',
      context: '/approved',
      version: '1.0.0',
      policies: ['Unlimited', 'Bronze'],
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url: 'http://127.0.0.1:1' } },
      operations: [{ target: '/*', verb: 'GET', authType: 'Any', throttlingPolicy: 'Unlimited' }],
    },
  });
  api = String(made.body['id']);
  revision = String((await caller.call('POST', `${publisher}/apis/${api}/revisions`, { json: {} })).body['id']);
}, 120_000);
afterAll(() => installation?.stop(), 60_000);

async function configure(extensions: object): Promise<void> {
  const answer = await caller.call('PUT', `${adminApi}/tenant-config`, { json: { WorkflowExtensions: extensions } });
  expect(answer.status).toBe(200);
}

interface Task {
  readonly referenceId: string;
  readonly workflowType: string;
  readonly description: string;
  readonly properties: Record<string, string>;
}

async function waiting(workflowType: string): Promise<Task[]> {
  const answer = await caller.call('GET', `${adminApi}/workflows?workflowType=${workflowType}`);
  expect(answer.status).toBe(200);
  return answer.body['list'] as unknown as Task[];
}

async function decide(workflowType: string, status: 'APPROVED' | 'REJECTED'): Promise<void> {
  const [task, ...more] = await waiting(workflowType);
  expect(more).toEqual([]);
  const path = `${adminApi}/workflows/update-workflow-status?workflowReferenceId=${task?.referenceId}`;
  const answer = await caller.call('POST', path, { json: { status, attributes: {}, description: 'decided' } });
  expect(answer).toMatchObject({ status: 200, body: { status } });
  expect(await waiting(workflowType)).toEqual([]);
}

const approval = { executor: 'approval' };
const application = (name: string) =>
  caller.call('POST', `${devportal}/applications`, { json: { name, throttlingPolicy: 'Unlimited' } });
const read = async (path: string) => (await caller.call('GET', devportal + path)).body;

describe('approval by an administrator', () => {
  it('goes from deployment and publication over application, keys and subscription to a call', async () => {
    await configure({
      APIRevisionDeployment: approval,
      APIStateChange: approval,
      ApplicationCreation: approval,
      ProductionApplicationRegistration: approval,
      SubscriptionCreation: approval,
    });

    const deploy = () =>
      caller.call('POST', `${publisher}/apis/${api}/deploy-revision?revisionId=${revision}`, {
        json: [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }],
      });
    expect((await deploy()).body).toMatchObject([{ name: 'Default', status: 'CREATED', deployedGatewayCount: 0 }]);
    expect((await deploy()).status).toBe(409);
    const cancel = `${publisher}/apis/${api}/cancel-revision-workflow/${revision}/Default`;
    expect((await caller.call('DELETE', cancel)).status).toBe(200);
    expect((await caller.call('DELETE', cancel)).status).toBe(404);
    await deploy();
    await decide('AM_REVISION_DEPLOYMENT', 'APPROVED');
    const deployed = await caller.call('GET', `${publisher}/apis/${api}/deployments`);
    expect(deployed.body).toMatchObject({ count: 1, list: [{ status: 'APPROVED' }] });

    const publish = () => caller.call('POST', `${publisher}/apis/change-lifecycle?apiId=${api}&action=Publish`);
    expect((await publish()).body).toMatchObject({ workflowStatus: 'CREATED', lifecycleState: { state: 'Created' } });
    expect((await caller.call('GET', `${publisher}/apis/${api}`)).body).toMatchObject({ workflowStatus: 'CREATED' });
    const pendingTasks = `${publisher}/apis/${api}/lifecycle-state/pending-tasks`;
    expect((await caller.call('DELETE', pendingTasks)).status).toBe(200);
    await publish();
    await decide('AM_API_STATE', 'REJECTED');
    expect((await caller.call('GET', `${publisher}/apis/${api}`)).body).toMatchObject({
      lifeCycleStatus: 'CREATED',
      workflowStatus: 'APPROVED',
    });
    await publish();
    await decide('AM_API_STATE', 'APPROVED');
    expect((await caller.call('GET', `${publisher}/apis/${api}`)).body).toMatchObject({ lifeCycleStatus: 'PUBLISHED' });

    const made = await application('App');
    expect(made).toMatchObject({ status: 201, body: { status: 'CREATED' } });
    const id = String(made.body['applicationId']);
    const keys = () =>
      caller.call('POST', `${devportal}/applications/${id}/generate-keys`, {
        json: { keyType: 'PRODUCTION', grantTypesToBeSupported: ['client_credentials'] },
      });
    const subscribe = () =>
      caller.call('POST', `${devportal}/subscriptions`, {
        json: { apiId: api, applicationId: id, throttlingPolicy: 'Unlimited' },
      });
    expect((await keys()).status).toBe(403);
    expect((await subscribe()).status).toBe(403);
    const [task] = await waiting('AM_APPLICATION_CREATION');
    expect(task).toMatchObject({
      workflowType: 'APPLICATION_CREATION',
      properties: { applicationName: 'App', applicationTier: 'Unlimited', userName: 'admin' },
    });
    expect((await caller.call('GET', `${adminApi}/workflows/${task?.referenceId}`)).body).toEqual(task);
    await decide('AM_APPLICATION_CREATION', 'APPROVED');
    expect(await read(`/applications/${id}`)).toMatchObject({ status: 'APPROVED' });

    expect((await keys()).body).toMatchObject({ keyState: 'CREATED', keyType: 'PRODUCTION' });
    expect((await keys()).status).toBe(409);
    expect(await read(`/applications/${id}/oauth-keys`)).toMatchObject({ count: 1, list: [{ keyState: 'CREATED' }] });
    await decide('AM_APPLICATION_REGISTRATION_PRODUCTION', 'APPROVED');
    const { list } = await read(`/applications/${id}/oauth-keys`);
    const [key] = list as unknown as { keyState: string; consumerKey: string; consumerSecret: string }[];
    expect(key).toMatchObject({ keyState: 'APPROVED', consumerSecret: expect.any(String) as unknown });

    const subscribed = await subscribe();
    expect(subscribed).toMatchObject({ status: 201, body: { status: 'ON_HOLD' } });
    const token = await send('POST', `${caller.base}/oauth2/token`, {
      basic: [key?.consumerKey ?? '', key?.consumerSecret ?? ''],
      form: { grant_type: 'client_credentials' },
    });
    const call = () =>
      send('GET', `${installation.gateways[0]}/approved/1.0.0/x`, { token: String(token.body['access_token']) });
    await vi.waitFor(async () => expect(await call()).toMatchObject({ status: 401, body: { code: '900909' } }), within);
    await decide('AM_SUBSCRIPTION_CREATION', 'APPROVED');
    await vi.waitFor(async () => expect((await call()).status).toBe(503), within); // let in: only the back end is away
  }, 120_000);

  it('holds back changes and removals, and undoes them when they are rejected', async () => {
    await configure({});
    const made = await application('Held');
    const id = String(made.body['applicationId']);
    const subscribed = await caller.call('POST', `${devportal}/subscriptions`, {
      json: { apiId: api, applicationId: id, throttlingPolicy: 'Unlimited' },
    });
    const subscription = String(subscribed.body['subscriptionId']);
    await configure({
      ApplicationUpdate: approval,
      ApplicationDeletion: approval,
      SubscriptionUpdate: approval,
      SubscriptionDeletion: approval,
    });

    const rename = { name: 'Renamed', throttlingPolicy: '10PerMin' };
    const updated = await caller.call('PUT', `${devportal}/applications/${id}`, { json: rename });
    expect(updated).toMatchObject({ status: 200, body: { name: 'Held', status: 'UPDATE_PENDING' } });
    await decide('AM_APPLICATION_UPDATE', 'REJECTED');
    expect(await read(`/applications/${id}`)).toMatchObject({ name: 'Held', status: 'APPROVED' });
    await caller.call('PUT', `${devportal}/applications/${id}`, { json: rename });
    await decide('AM_APPLICATION_UPDATE', 'APPROVED');
    expect(await read(`/applications/${id}`)).toMatchObject({ name: 'Renamed', throttlingPolicy: '10PerMin' });

    const change = await caller.call('PUT', `${devportal}/subscriptions/${subscription}`, {
      json: { apiId: api, applicationId: id, throttlingPolicy: 'Unlimited', requestedThrottlingPolicy: 'Bronze' },
    });
    expect(change.body).toMatchObject({
      status: 'TIER_UPDATE_PENDING',
      throttlingPolicy: 'Unlimited',
      requestedThrottlingPolicy: 'Bronze',
    });
    await decide('AM_SUBSCRIPTION_UPDATE', 'APPROVED');
    expect(await read(`/subscriptions/${subscription}`)).toMatchObject({
      status: 'UNBLOCKED',
      throttlingPolicy: 'Bronze',
    });

    const give = () => caller.call('DELETE', `${devportal}/subscriptions/${subscription}`);
    expect(await give()).toMatchObject({ status: 202, body: { workflowStatus: 'CREATED' } });
    await decide('AM_SUBSCRIPTION_DELETION', 'REJECTED');
    expect(await read(`/subscriptions/${subscription}`)).toMatchObject({ status: 'UNBLOCKED' });
    await give();
    await decide('AM_SUBSCRIPTION_DELETION', 'APPROVED');
    expect((await caller.call('GET', `${devportal}/subscriptions/${subscription}`)).status).toBe(404);

    const remove = () => caller.call('DELETE', `${devportal}/applications/${id}`);
    expect(await remove()).toMatchObject({ status: 202, body: { workflowStatus: 'CREATED' } });
    await decide('AM_APPLICATION_DELETION', 'APPROVED');
    expect((await caller.call('GET', `${devportal}/applications/${id}`)).status).toBe(404);
  }, 60_000);
});

describe('R-80 the audit log', () => {
  it('has each change and sign-in of the organization, with who, what, when and from where', async () => {
    const action = encodeURIComponent('POST /api/am/admin/v4/workflows/update-workflow-status');
    const answer = await caller.call('GET', `${adminApi}/audit-events?action=${action}&limit=2`);
    expect(answer).toMatchObject({ status: 200, body: { count: 2, pagination: { limit: 2 } } });
    const [latest, before] = answer.body['list'] as unknown as { time: string }[];
    expect(latest).toMatchObject({
      actor: 'admin',
      outcome: 'SUCCESS',
      address: expect.stringMatching(/127\.0\.0\.1|::1/) as unknown,
    });
    expect((latest?.time ?? '') >= (before?.time ?? '')).toBe(true);
    const wrong = await send('GET', `${caller.base}/scim2/Users`, { basic: ['admin', 'a wrong password'] });
    expect(wrong.status).toBe(401);
    const failed = await caller.call('GET', `${adminApi}/audit-events?outcome=FAILURE&action=sign-in`);
    expect(failed.body['list']).toMatchObject([{ actor: 'admin', action: 'sign-in' }]);
    expect((await send('GET', `${caller.base}${adminApi}/audit-events`)).status).toBe(401);
  });
});

describe('approval by another system', () => {
  let system: Server;
  let answers = 0;
  const calls: { body: Record<string, unknown>; signature: string | undefined; text: string }[] = [];

  beforeAll(async () => {
    system = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => void (text += chunk.toString()));
      request.on('end', () => {
        const signature = request.headers['x-tollgate-signature'];
        calls.push({ body: JSON.parse(text) as Record<string, unknown>, signature: String(signature), text });
        response.writeHead(answers++ === 0 ? 500 : 202).end();
      });
    });
    await new Promise<void>((resolve) => system.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => system.close());

  it('is told by a signed call that is repeated until it is taken, and resumes by a callback that counts once', async () => {
    const { port } = system.address() as AddressInfo;
    const secret = 'a secret of sixteen or more';
    const url = `http://127.0.0.1:${port}/approve`;
    await configure({ ApplicationCreation: { executor: 'webhook', url, secret } });
    const shown = await caller.call('GET', `${adminApi}/tenant-config`);
    expect(shown.body['WorkflowExtensions']).toEqual({
      ApplicationCreation: { executor: 'webhook', url, secret: '********' },
    });
    expect(await application('Told')).toMatchObject({ status: 201, body: { status: 'CREATED' } });
    await vi.waitFor(() => expect(calls).toHaveLength(2), within);
    const [, second] = calls;
    expect(second?.body).toMatchObject({
      workflowType: 'AM_APPLICATION_CREATION',
      organization: 'carbon.super',
      requestedBy: 'admin',
      properties: { applicationName: 'Told' },
    });
    expect(second?.signature).toBe(
      `sha256=${createHmac('sha256', secret)
        .update(second?.text ?? '')
        .digest('hex')}`,
    );

    const { path, token } = (second?.body['callback'] ?? {}) as { path: string; token: string };
    const callback = (bearer: string) =>
      send('POST', caller.base + path, { token: bearer, json: { status: 'APPROVED' } });
    expect((await callback('guessed')).status).toBe(401);
    expect((await callback(caller.token)).status).toBe(401);
    const results = await Promise.all(Array.from({ length: 5 }, () => callback(token)));
    expect(results.filter(({ status }) => status === 200)).toHaveLength(1);
    const { list } = await read('/applications?query=Told');
    expect(list).toMatchObject([{ name: 'Told', status: 'APPROVED' }]);
  }, 60_000);

  it.each([
    ['an address of the network itself', { executor: 'webhook', url: 'file:///etc/passwd' }],
    ['a short secret', { executor: 'webhook', url: 'https://example.com', secret: 'short' }],
    ['an unknown executor', { executor: 'magic' }],
    ['a hidden secret that is none', { executor: 'webhook', url: 'https://example.com', secret: '********' }],
  ])('is not configured with %s', async (_, executor) => {
    const json = { WorkflowExtensions: { SubscriptionCreation: executor } };
    expect((await caller.call('PUT', `${adminApi}/tenant-config`, { json })).status).toBe(400);
  });
});

keepsContracts();
