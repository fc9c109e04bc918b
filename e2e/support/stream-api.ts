import { expect } from 'vitest';
import { adminApi, devportal, publisher, type Caller } from './caller.js';
import { eventsPerDay } from './policy-rig.js';

export interface StreamApi {
  readonly apiId: string;
  readonly applicationId: string;
  readonly subscriptionId: string;
  readonly token: string;
}

export interface StreamApiWishes {
  readonly name: string;
  /** AsyncAPI, as JSON. */
  readonly definition: string;
  readonly context: string;
  readonly url: string;
  readonly type: string;
  /** Of its plan. */
  readonly eventsADay: number;
}

async function made(caller: Caller, path: string, json: unknown): Promise<Record<string, unknown>> {
  const answer = await caller.call('POST', path, { json });
  expect(answer, answer.text).toMatchObject({ status: 201 });
  return answer.body;
}

/** An API of topics made of a definition, deployed and published, with an application subscribed under a plan of its own. */
export async function makeStreamApi(caller: Caller, wishes: StreamApiWishes): Promise<StreamApi> {
  const plan = `${wishes.name}Plan`;
  await made(caller, `${adminApi}/throttling/policies/subscription`, {
    policyName: plan,
    defaultLimit: eventsPerDay(wishes.eventsADay),
    stopOnQuotaReach: true,
  });
  const endpointConfig = { endpoint_type: 'http', production_endpoints: { url: wishes.url } };
  const properties = { context: wishes.context, policies: [plan, 'Unlimited'], endpointConfig };
  const imported = await caller.call('POST', `${publisher}/apis/import-asyncapi`, {
    multipart: { file: wishes.definition, additionalProperties: JSON.stringify(properties) },
  });
  expect(imported, imported.text).toMatchObject({ status: 201, body: { type: wishes.type } });
  const apiId = String(imported.body['id']);
  const { id: revision } = await made(caller, `${publisher}/apis/${apiId}/revisions`, { description: 'r' });
  await made(caller, `${publisher}/apis/${apiId}/deploy-revision?revisionId=${String(revision)}`, [
    { name: 'Default', vhost: 'localhost', displayOnDevportal: true },
  ]);
  const published = await caller.call('POST', `${publisher}/apis/change-lifecycle?apiId=${apiId}&action=Publish`);
  expect(published, published.text).toMatchObject({ status: 200 });
  const application = { name: `${wishes.name}App`, throttlingPolicy: 'Unlimited' };
  const applicationId = String((await made(caller, `${devportal}/applications`, application))['applicationId']);
  const subscription = { apiId, applicationId, throttlingPolicy: plan };
  const subscriptionId = String((await made(caller, `${devportal}/subscriptions`, subscription))['subscriptionId']);
  const keys = await caller.call('POST', `${devportal}/applications/${applicationId}/generate-keys`, {
    json: { keyType: 'PRODUCTION', grantTypesToBeSupported: ['client_credentials'], validityTime: '3600' },
  });
  expect(keys, keys.text).toMatchObject({ status: 200 });
  const { token } = keys.body as { token: { accessToken: string } };
  return { apiId, applicationId, subscriptionId, token: token.accessToken };
}

/** From now on the subscription has no limit. */
export async function moveToUnlimited(caller: Caller, api: StreamApi): Promise<void> {
  const { apiId, applicationId, subscriptionId } = api;
  const json = { apiId, applicationId, throttlingPolicy: 'Unlimited', subscriptionId };
  const changed = await caller.call('PUT', `${devportal}/subscriptions/${subscriptionId}`, { json });
  expect(changed, changed.text).toMatchObject({ status: 200 });
}

export async function blockSubscription(caller: Caller, { subscriptionId }: StreamApi): Promise<void> {
  const path = `${publisher}/subscriptions/block-subscription?subscriptionId=${subscriptionId}&blockState=BLOCKED`;
  expect(await caller.call('POST', path)).toMatchObject({ status: 200 });
}
