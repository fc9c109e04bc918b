import { expect } from 'vitest';
import { adminApi, devportal, publisher, type Caller } from '../support/caller.js';

export interface SampleData {
  readonly orders: string;
  readonly application: string;
  readonly policy: string;
}

const limited = { authType: 'Application & Application User', throttlingPolicy: 'Unlimited' };

/** The definition of the API that the pictures are about. */
export const ordersDefinition = JSON.stringify(
  {
    openapi: '3.0.3',
    info: { title: 'Orders', version: '1.0.0', description: 'Read, place and cancel orders of the shop.' },
    paths: {
      '/orders': {
        get: {
          summary: 'Orders of a customer',
          parameters: [{ name: 'customer', in: 'query', schema: { type: 'string' }, example: 'c-1042' }],
          responses: { 200: { description: 'The orders, newest first' } },
        },
        post: { summary: 'Place an order', responses: { 201: { description: 'The order' } } },
      },
      '/orders/{id}': {
        get: { summary: 'One order', responses: { 200: { description: 'The order' } } },
        delete: { summary: 'Cancel an order', responses: { 204: { description: 'Cancelled' } } },
      },
    },
  },
  null,
  2,
);

async function done(
  caller: Caller,
  method: string,
  path: string,
  sending: object = {},
): Promise<Record<string, unknown>> {
  const answer = await caller.call(method, path, sending);
  expect(answer.status, `${method} ${path}: ${answer.text.slice(0, 300)}`).toBeLessThan(300);
  return answer.body;
}

interface SampleApi {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly state: 'CREATED' | 'PUBLISHED' | 'DEPRECATED';
}
const others: readonly SampleApi[] = [
  { name: 'Payments', description: 'Charge, refund and settle.', tags: ['money'], state: 'PUBLISHED' },
  { name: 'Inventory', description: 'What is in stock, and where.', tags: ['shop'], state: 'PUBLISHED' },
  { name: 'Shipping', description: 'Labels, carriers and the way of a parcel.', tags: ['shop'], state: 'DEPRECATED' },
  { name: 'Customers', description: 'Profiles and addresses.', tags: ['people'], state: 'CREATED' },
];

/** Deploys the working copy and takes it to its state. */
async function release(admin: Caller, id: string, state: SampleApi['state']): Promise<void> {
  if (state === 'CREATED') return;
  const json = { description: 'As agreed with the shop' };
  const revision = String((await done(admin, 'POST', `${publisher}/apis/${id}/revisions`, { json }))['id']);
  const where = [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }];
  await done(admin, 'POST', `${publisher}/apis/${id}/deploy-revision?revisionId=${revision}`, { json: where });
  for (const action of state === 'PUBLISHED' ? ['Publish'] : ['Publish', 'Deprecate'])
    await done(admin, 'POST', `${publisher}/apis/change-lifecycle?apiId=${id}&action=${action}`);
}

async function makeOrders(admin: Caller, backEndUrl: string): Promise<string> {
  const additionalProperties = JSON.stringify({
    name: 'Orders',
    context: '/orders',
    version: '1.0.0',
    tags: ['shop'],
    policies: ['Unlimited', 'Gold', 'Bronze'],
    endpointConfig: { endpoint_type: 'http', production_endpoints: { url: backEndUrl } },
    businessInformation: { businessOwner: 'Shop team', businessOwnerEmail: 'shop@example.com' },
  });
  const multipart = { file: ordersDefinition, additionalProperties };
  const id = String((await done(admin, 'POST', `${publisher}/apis/import-openapi`, { multipart }))['id']);
  await release(admin, id, 'PUBLISHED');
  const guide = {
    name: 'Getting started',
    type: 'HOWTO',
    summary: 'Five minutes to the first order',
    sourceType: 'MARKDOWN',
    visibility: 'API_LEVEL',
    inlineContent: '## Your first order\n\nSend `POST /orders` with the customer and the lines.',
  };
  await done(admin, 'POST', `${publisher}/apis/${id}/documents`, { json: guide });
  return id;
}

async function talkAbout(admin: Caller, api: string): Promise<void> {
  const comments = `/apis/${api}/comments`;
  const question = { content: 'Can I get the orders of one day only?' };
  const made = await done(admin, 'POST', `${devportal}${comments}`, { json: question });
  const answer = { content: 'Yes: with ?from= and ?to=, both in UTC.' };
  await done(admin, 'POST', `${publisher}${comments}?replyTo=${String(made['id'])}`, { json: answer });
  await done(admin, 'POST', `${devportal}${comments}`, { json: { content: 'Clear errors. Saved us a day.' } });
  await done(admin, 'PUT', `${devportal}/apis/${api}/user-rating`, { json: { rating: 5 } });
}

/** A policy with a group of conditions, a custom rule and two denials. @returns id of the policy */
async function limit(admin: Caller): Promise<string> {
  const requests = (requestCount: number): object => ({
    type: 'REQUESTCOUNTLIMIT',
    requestCount: { requestCount, timeUnit: 'min', unitTime: 1 },
  });
  const office = {
    description: 'The office may do more',
    conditions: [
      {
        type: 'IPCONDITION',
        invertCondition: false,
        ipCondition: { ipConditionType: 'IPRANGE', startingIP: '192.0.2.1', endingIP: '192.0.2.254' },
      },
    ],
    limit: requests(5000),
  };
  const policies = `${adminApi}/throttling/policies/advanced`;
  const json = {
    policyName: 'ShopPeak',
    displayName: 'Shop at peak',
    description: 'For the days before holidays',
    defaultLimit: requests(500),
    conditionalGroups: [office],
  };
  const policy = String((await done(admin, 'POST', policies, { json }))['policyId']);
  for (const denial of [
    { conditionType: 'IP', conditionValue: { fixedIp: '203.0.113.7', invert: false }, conditionStatus: true },
    { conditionType: 'USER', conditionValue: 'mallory@carbon.super', conditionStatus: true },
  ])
    await done(admin, 'POST', `${adminApi}/throttling/deny-policies`, { json: denial });
  return policy;
}

/** What the pictures show: a shop with some APIs in several states, a subscribed application, comments and limits. */
export async function makeSampleData(admin: Caller, backEndUrl: string): Promise<SampleData> {
  for (const { name, description, tags, state } of others) {
    const json = {
      name,
      description,
      tags,
      context: `/${name.toLowerCase()}`,
      version: '1.0.0',
      policies: ['Unlimited', 'Gold'],
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url: backEndUrl } },
      operations: [{ target: '/*', verb: 'GET', ...limited }],
    };
    await release(admin, String((await done(admin, 'POST', `${publisher}/apis`, { json }))['id']), state);
  }
  const orders = await makeOrders(admin, backEndUrl);
  await talkAbout(admin, orders);
  const shop = { name: 'Shop front', throttlingPolicy: '50PerMin', description: 'The web shop', tokenType: 'JWT' };
  const application = String((await done(admin, 'POST', `${devportal}/applications`, { json: shop }))['applicationId']);
  const wanted = { apiId: orders, applicationId: application, throttlingPolicy: 'Gold' };
  await done(admin, 'POST', `${devportal}/subscriptions`, { json: wanted });
  const keys = { keyType: 'PRODUCTION', grantTypesToBeSupported: ['client_credentials'], validityTime: '3600' };
  await done(admin, 'POST', `${devportal}/applications/${application}/generate-keys`, { json: keys });
  return { orders, application, policy: await limit(admin) };
}
