import { superOrganization } from '@tollgate/base';
import { ports } from '@tollgate/config';
import { Database, systemContext } from '@tollgate/database';
import type { Running } from '@tollgate/launcher';
import { ClientService, type ClientWithSecret } from '@tollgate/oauth/server';
import { ManagementClient } from './management-client.js';
import { startPizzaBackEnd } from './pizza-back-end.js';

export interface Sample {
  /** A line that answers 200 when pasted. */
  readonly curl: string;
  readonly consumerKey: string;
}

const publisher = '/api/am/publisher/v4';
const devportal = '/api/am/devportal/v3';
const applicationName = 'PizzaShack sample';
const scopes = 'apim:api_view apim:api_create apim:api_publish apim:app_manage apim:sub_manage apim:subscribe';

interface Listed<T> {
  readonly list: readonly T[];
}
interface Api {
  readonly id: string;
  readonly name: string;
  readonly lifeCycleStatus: string;
}

/**
 * Publishes PizzaShack with its back end, an application and keys, by the same calls that a person would make. Finds
 * what an earlier start left and makes only what is missing.
 * @throws UnexpectedAnswerError when a call does not go as it should
 */
export async function deploySample(running: Running): Promise<Sample> {
  const open = ports(running.config);
  const backEnd = await startPizzaBackEnd(open.sample_back_end);
  const client = await managementClient(running);
  const api = await publishedApi(client, backEnd.url, running.config.server.hostname);
  const application = await applicationOf(client);
  await subscribe(client, api.id, application);
  const { consumerKey, accessToken } = await keys(client, application);
  const url = `https://${running.config.server.hostname}:${open.gateway_https}/pizzashack/1.0.0/menu`;
  return { consumerKey, curl: `curl -k ${url} -H "Authorization: Bearer ${accessToken}"` };
}

/** A client of the super admin's, with a secret made anew at each start: the admin's password is not known here. */
async function managementClient(running: Running): Promise<ManagementClient> {
  const { client, secret } = await ownClient(running);
  const base = `http://127.0.0.1:${running.http.ports().http}`;
  const basic = `Basic ${Buffer.from(`${client.consumerKey}:${secret}`).toString('base64')}`;
  const token = await new ManagementClient(base, basic).call<{ access_token: string }>('POST', '/oauth2/token', {
    form: { grant_type: 'client_credentials', scope: scopes },
  });
  return new ManagementClient(base, `Bearer ${token.access_token}`);
}

async function ownClient(running: Running): Promise<ClientWithSecret> {
  const { nest } = running.http;
  const clients = nest.get(ClientService);
  const owner = running.config.super_admin.username;
  const name = 'tollgate-sample';
  return nest.get(Database).transaction(systemContext(superOrganization, 'sample'), async (tx) => {
    const existing = await clients.findRegistered(tx, owner, name);
    const renewed = existing && (await clients.regenerateSecret(tx, existing.consumerKey));
    return renewed ?? clients.create(tx, { name, owner, grantTypes: ['client_credentials'], registered: true });
  });
}

async function publishedApi(client: ManagementClient, backEndUrl: string, vhost: string): Promise<Api> {
  const found = await client.call<Listed<Api>>('GET', `${publisher}/apis?query=name:PizzaShackAPI`);
  const existing = found.list.find((api) => api.name === 'PizzaShackAPI');
  if (existing) return existing;
  const api = await client.call<Api>('POST', `${publisher}/apis`, { json: apiBody(backEndUrl) });
  const revision = await client.call<{ id: string }>('POST', `${publisher}/apis/${api.id}/revisions`, {
    json: { description: 'First revision' },
  });
  await client.call('POST', `${publisher}/apis/${api.id}/deploy-revision?revisionId=${revision.id}`, {
    json: [{ name: 'Default', vhost, displayOnDevportal: true }],
  });
  await client.call('POST', `${publisher}/apis/change-lifecycle?apiId=${api.id}&action=Publish`);
  return api;
}

function apiBody(url: string): object {
  const operation = (verb: string, target: string): object => ({
    target,
    verb,
    authType: 'Application & Application User',
    throttlingPolicy: 'Unlimited',
  });
  return {
    name: 'PizzaShackAPI',
    context: '/pizzashack',
    version: '1.0.0',
    description: 'A pizza shop: read the menu, place an order, look it up.',
    policies: ['Unlimited', 'Bronze'],
    endpointConfig: { endpoint_type: 'http', production_endpoints: { url }, sandbox_endpoints: { url } },
    operations: [operation('GET', '/menu'), operation('POST', '/order'), operation('GET', '/order/{orderId}')],
  };
}

async function applicationOf(client: ManagementClient): Promise<string> {
  const found = await client.call<Listed<{ applicationId: string; name: string }>>(
    'GET',
    `${devportal}/applications?query=${encodeURIComponent(applicationName)}`,
  );
  const existing = found.list.find((application) => application.name === applicationName);
  if (existing) return existing.applicationId;
  const made = await client.call<{ applicationId: string }>('POST', `${devportal}/applications`, {
    json: { name: applicationName, throttlingPolicy: 'Unlimited', description: 'Made by --sample', tokenType: 'JWT' },
  });
  return made.applicationId;
}

async function subscribe(client: ManagementClient, apiId: string, applicationId: string): Promise<void> {
  await client.call('POST', `${devportal}/subscriptions`, {
    json: { apiId, applicationId, throttlingPolicy: 'Unlimited' },
    expected: [201, 409],
  });
}

/** New keys at the first start; afterwards a new secret and a token for it. */
async function keys(
  client: ManagementClient,
  applicationId: string,
): Promise<{ consumerKey: string; accessToken: string }> {
  const path = `${devportal}/applications/${applicationId}`;
  const found = await client.call<Listed<{ keyMappingId: string; consumerKey: string; keyType: string }>>(
    'GET',
    `${path}/oauth-keys`,
  );
  const existing = found.list.find((key) => key.keyType === 'PRODUCTION');
  if (!existing) {
    const made = await client.call<{ consumerKey: string; token: { accessToken: string } }>(
      'POST',
      `${path}/generate-keys`,
      {
        json: {
          keyType: 'PRODUCTION',
          grantTypesToBeSupported: ['client_credentials'],
          callbackUrl: '',
          scopes: ['default'],
          validityTime: '3600',
        },
      },
    );
    return { consumerKey: made.consumerKey, accessToken: made.token.accessToken };
  }
  const { consumerSecret } = await client.call<{ consumerSecret: string }>(
    'POST',
    `${path}/oauth-keys/${existing.keyMappingId}/regenerate-secret`,
  );
  const token = await client.call<{ accessToken: string }>(
    'POST',
    `${path}/oauth-keys/${existing.keyMappingId}/generate-token`,
    { json: { consumerSecret, validityPeriod: 3600, scopes: [] } },
  );
  return { consumerKey: existing.consumerKey, accessToken: token.accessToken };
}
