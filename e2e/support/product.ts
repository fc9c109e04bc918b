import { adminApi, devportal, publisher, type Caller } from './caller.js';
import { send, type Answer } from './rest.js';

/** An application with a token for one API. */
export interface Consumer {
  readonly applicationId: string;
  readonly name: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token: string;
}

function expectStatus(answer: Answer, status: number, what: string): Answer {
  if (answer.status !== status) throw new Error(`${what} answered ${answer.status}: ${answer.text}`);
  return answer;
}

/** Makes, deploys and publishes an API with one operation `GET /*`. @param api.policy of the whole API @returns its id */
export async function publishApi(
  caller: Caller,
  api: {
    readonly name: string;
    readonly url: string;
    readonly open?: boolean;
    readonly plan?: string;
    readonly policy?: string;
  },
): Promise<string> {
  const authType = api.open ? 'None' : 'Application & Application User';
  const made = await caller.call('POST', `${publisher}/apis`, {
    json: {
      name: api.name,
      context: `/${api.name}`,
      version: '1.0.0',
      policies: [api.plan ?? 'Unlimited'],
      ...(api.policy === undefined ? {} : { apiThrottlingPolicy: api.policy }),
      endpointConfig: {
        endpoint_type: 'http',
        production_endpoints: { url: api.url },
        sandbox_endpoints: { url: api.url },
      },
      operations: [{ target: '/*', verb: 'GET', authType, throttlingPolicy: 'Unlimited' }],
    },
  });
  const id = String(expectStatus(made, 201, 'POST apis').body['id']);
  await deployRevision(caller, id);
  const published = await caller.call('POST', `${publisher}/apis/change-lifecycle?apiId=${id}&action=Publish`);
  expectStatus(published, 200, 'change-lifecycle');
  return id;
}

export async function deployRevision(caller: Caller, apiId: string): Promise<void> {
  const revision = await caller.call('POST', `${publisher}/apis/${apiId}/revisions`, { json: { description: 'r' } });
  const id = String(expectStatus(revision, 201, 'POST revisions').body['id']);
  const deployed = await caller.call('POST', `${publisher}/apis/${apiId}/deploy-revision?revisionId=${id}`, {
    json: [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }],
  });
  expectStatus(deployed, 201, 'deploy-revision');
}

/** An application policy of `requestCount` requests per `unitTime` `timeUnit`s. @param more further properties */
export async function applicationPolicy(
  caller: Caller,
  policyName: string,
  limit: { readonly requestCount: number; readonly unitTime: number; readonly timeUnit: string },
  more: { readonly strict?: boolean; readonly degradedMode?: string } = {},
): Promise<void> {
  const defaultLimit = { type: 'REQUESTCOUNTLIMIT', requestCount: limit };
  const made = await caller.call('POST', `${adminApi}/throttling/policies/application`, {
    json: { policyName, displayName: policyName, defaultLimit, ...more },
  });
  expectStatus(made, 201, 'POST application policy');
}

/** An application of its own with a subscription to the API and a token. */
export async function consumerOf(
  caller: Caller,
  apiId: string,
  application: {
    readonly name: string;
    readonly policy: string;
    readonly plan?: string;
    /** Default an hour. */
    readonly tokenSeconds?: number;
  },
): Promise<Consumer> {
  const { name, policy: throttlingPolicy } = application;
  const made = await caller.call('POST', `${devportal}/applications`, {
    json: { name, throttlingPolicy, tokenType: 'JWT' },
  });
  const applicationId = String(expectStatus(made, 201, 'POST applications').body['applicationId']);
  const subscribed = await caller.call('POST', `${devportal}/subscriptions`, {
    json: { apiId, applicationId, throttlingPolicy: application.plan ?? 'Unlimited' },
  });
  expectStatus(subscribed, 201, 'POST subscriptions');
  const keys = await caller.call('POST', `${devportal}/applications/${applicationId}/generate-keys`, {
    json: {
      keyType: 'PRODUCTION',
      keyManager: 'Resident Key Manager',
      grantTypesToBeSupported: ['client_credentials'],
      callbackUrl: '',
      scopes: ['default'],
      validityTime: '3600',
      additionalProperties: { application_access_token_expiry_time: String(application.tokenSeconds ?? 3600) },
    },
  });
  const { consumerKey, consumerSecret } = expectStatus(keys, 200, 'generate-keys').body as Record<string, string>;
  const consumer = { applicationId, name, consumerKey: consumerKey ?? '', consumerSecret: consumerSecret ?? '' };
  return { ...consumer, token: await tokenOf(caller, consumer) };
}

export async function tokenOf(
  caller: Caller,
  keys: { readonly consumerKey: string; readonly consumerSecret: string },
): Promise<string> {
  const answer = await send('POST', `${caller.base}/oauth2/token`, {
    basic: [keys.consumerKey, keys.consumerSecret],
    form: { grant_type: 'client_credentials' },
  });
  return String(expectStatus(answer, 200, 'The token endpoint').body['access_token']);
}
