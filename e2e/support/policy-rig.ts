import { expect } from 'vitest';
import type { BackEnd } from './back-end.js';
import { adminApi, devportal, publisher, type Caller } from './caller.js';
import type { Installation } from './installation.js';
import { eventually, send } from './rest.js';

export const perDay = (requestCount: number) => {
  return { type: 'REQUESTCOUNTLIMIT', requestCount: { requestCount, unitTime: 1, timeUnit: 'days' } };
};
export const kilobytesPerDay = (dataAmount: number) => {
  return { type: 'BANDWIDTHLIMIT', bandwidth: { dataAmount, dataUnit: 'KB', unitTime: 1, timeUnit: 'day' } };
};

/** Where a policy is attached. */
export type Place = 'api' | 'resource' | 'subscription' | 'application';

export interface Guarded {
  readonly path: string;
  readonly token: string;
  readonly applicationId: string;
  /** Statuses of as many equal calls, one after the other. */
  calls(
    times: number,
    what?: {
      readonly headers?: Record<string, string>;
      readonly query?: string;
      readonly body?: string;
      /** At each gateway in turn instead of at the first. */
      readonly everywhere?: boolean;
    },
  ): Promise<number[]>;
  /** The answer of one more call. */
  readonly answer: () => ReturnType<typeof send>;
}

/** Answers of a gateway that has not heard of everything yet; none of them uses up a quota. */
const notThereYet = new Set([401, 403, 404, 503]);

/** Makes policies, and APIs that are guarded by them. */
export class PolicyRig {
  #made = 0;
  readonly #run = Math.random().toString(36).slice(2, 7);

  constructor(
    private readonly installation: Installation,
    private readonly caller: Caller,
    private readonly backEnd: BackEnd,
  ) {}

  /** An API with its own policy of that place, an application subscribed to it, and a token. */
  async guarded(place: Place, policy: Record<string, unknown>): Promise<Guarded> {
    const name = `p${this.#run}${++this.#made}`;
    const level = place === 'api' || place === 'resource' ? 'advanced' : place;
    await this.#made201('POST', `${adminApi}/throttling/policies/${level}`, { policyName: name, ...policy });
    const tierAt = (at: Place): string => (at === place ? name : 'Unlimited');
    const path = await this.#api(
      name,
      { resource: tierAt('resource'), plan: tierAt('subscription') },
      place === 'api' ? name : null,
    );
    const { token, applicationId } = await this.#subscriber(
      name,
      path.apiId,
      tierAt('application'),
      tierAt('subscription'),
    );
    const { gateways } = this.installation;
    const url = `${gateways[0] ?? ''}${path.path}`;
    return {
      path: path.path,
      token,
      applicationId,
      answer: () => send('GET', `${url}/menu`, { token }),
      calls: async (times, { headers = {}, query = '', body, everywhere = false } = {}) => {
        const statuses: number[] = [];
        for (let i = 0; i < times; i++) {
          const raw = body === undefined ? {} : { raw: { type: 'text/plain', body } };
          const method = body === undefined ? 'GET' : 'POST';
          const gateway = gateways[everywhere ? i % gateways.length : 0] ?? '';
          const call = () => send(method, `${gateway}${path.path}/menu${query}`, { token, headers, ...raw });
          statuses.push((await eventually(call, ({ status }) => !notThereYet.has(status))).status);
        }
        return statuses;
      },
    };
  }

  /** Gives the user that the token speaks for a new quota. */
  async resetQuota({ applicationId, token }: Guarded): Promise<void> {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };
    const path = `${devportal}/applications/${applicationId}/reset-throttle-policy`;
    const answer = await this.caller.call('POST', path, { json: { userName: claims.sub } });
    expect(answer, answer.text).toMatchObject({ status: 200 });
  }

  async #api(name: string, tiers: { resource: string; plan: string }, apiThrottlingPolicy: string | null) {
    const operation = { authType: 'Application & Application User', throttlingPolicy: tiers.resource };
    const { id: apiId } = await this.#made201('POST', `${publisher}/apis?openAPIVersion=v3`, {
      name,
      context: `/${name}`,
      version: '1.0.0',
      policies: [tiers.plan],
      apiThrottlingPolicy,
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url: this.backEnd.url } },
      operations: [
        { target: '/menu', verb: 'GET', ...operation },
        { target: '/menu', verb: 'POST', ...operation },
      ],
    });
    const api = `${publisher}/apis/${String(apiId)}`;
    const { id: revision } = await this.#made201('POST', `${api}/revisions`, { description: 'r' });
    await this.#made201('POST', `${api}/deploy-revision?revisionId=${String(revision)}`, [
      { name: 'Default', vhost: 'localhost', displayOnDevportal: true },
    ]);
    await this.caller.call('POST', `${publisher}/apis/change-lifecycle?apiId=${String(apiId)}&action=Publish`);
    return { apiId: String(apiId), path: `/${name}/1.0.0` };
  }

  async #subscriber(name: string, apiId: string, tier: string, plan: string) {
    const application = await this.#made201('POST', `${devportal}/applications`, { name, throttlingPolicy: tier });
    const applicationId = String(application['applicationId']);
    await this.#made201('POST', `${devportal}/subscriptions`, { apiId, applicationId, throttlingPolicy: plan });
    const keys = await this.caller.call('POST', `${devportal}/applications/${applicationId}/generate-keys`, {
      json: { keyType: 'PRODUCTION', grantTypesToBeSupported: ['client_credentials'], validityTime: '3600' },
    });
    expect(keys, keys.text).toMatchObject({ status: 200, body: { token: { accessToken: expect.any(String) } } });
    return { applicationId, token: (keys.body as { token: { accessToken: string } }).token.accessToken };
  }

  async #made201(method: string, path: string, json: unknown): Promise<Record<string, unknown>> {
    const answer = await this.caller.call(method, path, { json });
    expect(answer, `${path} ${answer.text}`).toMatchObject({ status: 201 });
    return answer.body;
  }
}
