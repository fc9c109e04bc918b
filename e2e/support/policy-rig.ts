import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { BackEnd } from './back-end.js';
import { adminApi, devportal, publisher, type Caller } from './caller.js';
import type { Installation } from './installation.js';
import { ManagerCounts } from './manager-counts.js';
import { eventually, send, type Answer } from './rest.js';
import { openStream, type OpenStream, type StreamKind } from './stream-peers.js';

export const perDay = (requestCount: number) => {
  return { type: 'REQUESTCOUNTLIMIT', requestCount: { requestCount, unitTime: 1, timeUnit: 'days' } };
};
export const kilobytesPerDay = (dataAmount: number) => {
  return { type: 'BANDWIDTHLIMIT', bandwidth: { dataAmount, dataUnit: 'KB', unitTime: 1, timeUnit: 'day' } };
};
export const eventsPerDay = (eventCount: number) => {
  return { type: 'EVENTCOUNTLIMIT', eventCount: { eventCount, unitTime: 1, timeUnit: 'day' } };
};

/** Where a policy is attached. */
export type Place = 'api' | 'resource' | 'subscription' | 'application';

/** What one call sends, and what the limit asks of it. */
export interface Sent {
  readonly headers?: Record<string, string>;
  readonly query?: string;
  readonly body?: string;
  /** All to the first gateway: what is limited is known to each gateway by itself. */
  readonly oneGateway?: boolean;
  /** Gateways do not count it: the managers decide. */
  readonly settled?: boolean;
}

export interface Guarded {
  readonly name: string;
  readonly path: string;
  readonly token: string;
  readonly applicationId: string;
  /** Statuses of as many equal calls, one after the other, dealt out over the gateways. */
  calls(times: number, what?: Sent): Promise<number[]>;
  /** The same for the statuses that are expected: a call that has to be refused is made when all before it are counted. */
  inTurn(expected: readonly number[], what?: Sent): Promise<number[]>;
  /** The answer of one more call. */
  readonly answer: () => ReturnType<typeof send>;
  /** Calls every 150 ms until one is answered 429: how many were admitted before, and that answer. */
  untilRefused(): Promise<{ admitted: number; refused: Answer }>;
}

/** Answers of a gateway that has not heard of everything yet; none of them uses up a quota. */
const notThereYet = new Set([401, 403, 404, 503]);

/** Such a request was admitted and counted, so it must not be made again unseen. */
function isOfBackEnd(code: unknown): boolean {
  return /^10150\d$/.test(String(code));
}

/** Makes policies, and APIs that are guarded by them. */
export class PolicyRig {
  #made = 0;
  #turn = 0;
  #admitted = 0;
  readonly #counts: ManagerCounts;
  readonly #run = Math.random().toString(36).slice(2, 7);

  constructor(
    private readonly installation: Installation,
    private readonly caller: Caller,
    private readonly backEnd: BackEnd,
  ) {
    this.#counts = new ManagerCounts(installation);
  }

  /** Waits until all requests that were admitted so far are counted, each once by everybody who has to. */
  settle(): Promise<void> {
    return this.#counts.settle(this.#admitted);
  }

  /** Opens a stream of the API at each gateway: a request of its own there. */
  streams({ path, token }: Guarded, kind: StreamKind): Promise<OpenStream[]> {
    return Promise.all(
      this.installation.gateways.map(async (gateway, i) => {
        const opened = await eventually(
          () => openStream(kind, `${gateway}${path}/menu?at=${i}`, token),
          (stream) => typeof stream !== 'number' || !notThereYet.has(stream),
        );
        if (typeof opened === 'number') throw new Error(`The stream was refused with ${opened}.`);
        this.#admitted++;
        return opened;
      }),
    );
  }

  atFirstGateway({ path, token }: Guarded): Promise<Answer> {
    return this.#send(this.installation.gateways[0] ?? '', path, token, {});
  }

  /** An API with its own policy at that place or those, an application subscribed to it, and a token. */
  async guarded(
    place: Place | readonly Place[],
    policy: Record<string, unknown>,
    api: Record<string, unknown> = {},
  ): Promise<Guarded> {
    const name = `p${this.#run}${++this.#made}`;
    const places = [place].flat();
    const levels = new Set(places.map((one) => (one === 'api' || one === 'resource' ? 'advanced' : one)));
    for (const level of levels) {
      await this.#made201('POST', `${adminApi}/throttling/policies/${level}`, { policyName: name, ...policy });
    }
    const tierAt = (at: Place): string => (places.includes(at) ? name : 'Unlimited');
    const apiThrottlingPolicy = places.includes('api') ? name : null;
    const tiers = { resource: tierAt('resource'), plan: tierAt('subscription') };
    const path = await this.#api(name, tiers, { apiThrottlingPolicy, ...api });
    const { token, applicationId } = await this.#subscriber(
      name,
      path.apiId,
      tierAt('application'),
      tierAt('subscription'),
    );
    const call = (what: Sent): Promise<Answer> => this.#call(path.path, token, what);
    const { gateways } = this.installation;
    const answer = (): Promise<Answer> =>
      this.#send(gateways[this.#turn++ % gateways.length] ?? '', path.path, token, {});
    return {
      name,
      path: path.path,
      token,
      applicationId,
      answer,
      untilRefused: async () => {
        let admitted = 0;
        const refused = await eventually(
          async () => {
            const one = await answer();
            if (one.status === 200) admitted++;
            await sleep(150);
            return one;
          },
          ({ status }) => status === 429,
          30_000,
        );
        return { admitted, refused };
      },
      calls: async (times, what = {}) => {
        const statuses: number[] = [];
        for (let i = 0; i < times; i++) statuses.push((await call(what)).status);
        return statuses;
      },
      inTurn: async (expected, what = {}) => {
        const statuses: number[] = [];
        for (const [i, status] of expected.entries()) {
          // One gateway counts by itself what it admits; several have to hear of each other, and all of custom rules.
          const isFirstRefusal = status !== 200 && expected[i - 1] === 200;
          if (isFirstRefusal && (gateways.length > 1 || what.settled)) await this.settle();
          statuses.push((await call(what)).status);
        }
        return statuses;
      },
    };
  }

  /** Calls the next gateway, again until it knows everything that was made. */
  #call(path: string, token: string, what: Sent): Promise<Answer> {
    const { gateways } = this.installation;
    const gateway = gateways[what.oneGateway ? 0 : this.#turn++ % gateways.length] ?? '';
    return eventually(
      () => this.#send(gateway, path, token, what),
      ({ status, body }) => !notThereYet.has(status) || isOfBackEnd(body['code']),
    );
  }

  async #send(gateway: string, path: string, token: string, { headers = {}, query = '', body }: Sent): Promise<Answer> {
    const raw = body === undefined ? {} : { raw: { type: 'text/plain', body } };
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await send(method, `${gateway}${path}/menu${query}`, { token, headers, ...raw });
    if (answer.status === 200) this.#admitted++;
    return answer;
  }

  /** Gives the user that the token speaks for a new quota. */
  async resetQuota({ applicationId, token }: Guarded): Promise<void> {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };
    const path = `${devportal}/applications/${applicationId}/reset-throttle-policy`;
    const answer = await this.caller.call('POST', path, { json: { userName: claims.sub } });
    expect(answer, answer.text).toMatchObject({ status: 200 });
  }

  async #api(name: string, tiers: { resource: string; plan: string }, more: Record<string, unknown>) {
    const operation = { authType: 'Application & Application User', throttlingPolicy: tiers.resource };
    const { id: apiId } = await this.#made201('POST', `${publisher}/apis?openAPIVersion=v3`, {
      name,
      context: `/${name}`,
      version: '1.0.0',
      policies: [tiers.plan],
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url: this.backEnd.url } },
      ...more,
      operations: (more['type'] === undefined ? ['GET', 'POST'] : ['SUBSCRIBE']).map((verb) => ({
        target: '/menu',
        verb,
        ...operation,
      })),
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
