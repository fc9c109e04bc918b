import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from './back-end.js';
import { adminApi, Caller, devportal, publisher } from './caller.js';
import { keepsContracts } from './contracts.js';
import type { Installation } from './installation.js';
import { eventually, send, type Answer } from './rest.js';

const plan = { type: 'REQUESTCOUNTLIMIT', requestCount: { requestCount: 5, timeUnit: 'min', unitTime: 1 } };

interface Subscribed {
  readonly applicationId: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly subscriptionId: string;
  readonly token: string;
}

/** The main job and what surrounds it, the same for every layout. Gateway checks are made at each gateway. */
export function keepsTheMission(name: string, start: () => Promise<Installation>): void {
  describe(name, () => {
    let installation: Installation;
    let caller: Caller;
    let backEnd: BackEnd;
    let second: BackEnd;
    let api: { id: string };
    let subscribed: Subscribed;

    const run = Math.random().toString(36).slice(2, 8);
    const context = `/pizza${run}`;
    const path = `${context}/1.0.0/menu`;

    beforeAll(async () => {
      installation = await start();
      [backEnd, second] = await Promise.all([startBackEnd('first'), startBackEnd('second')]);
      caller = await Caller.signIn(installation);
    }, 180_000);
    afterAll(async () => {
      const codes = await installation?.stop();
      await Promise.all([backEnd?.close(), second?.close()]);
      expect(
        Object.values(codes ?? {}).filter((code) => code !== 0),
        'every process stops with exit code 0',
      ).toEqual([]);
    }, 60_000);

    /** The answer of every gateway, once it is as expected there. */
    async function everywhere(
      call: (gateway: string) => Promise<Answer>,
      expected: number | ((answer: Answer) => boolean),
    ): Promise<Answer[]> {
      const accept = typeof expected === 'number' ? (answer: Answer): boolean => answer.status === expected : expected;
      return Promise.all(installation.gateways.map((gateway) => eventually(() => call(gateway), accept)));
    }

    function invoke(gateway: string, token: string, at = path): Promise<Answer> {
      return send('GET', gateway + at, { token });
    }

    async function newApplication(title: string, tier = 'Unlimited', tokenType = 'JWT'): Promise<string> {
      const made = await caller.call('POST', `${devportal}/applications`, {
        json: { name: `${title} ${run}`, throttlingPolicy: tier, description: 'made by a test', tokenType },
      });
      expect(made, made.text).toMatchObject({
        status: 201,
        body: { status: 'APPROVED', owner: installation.admin[0] },
      });
      return String(made.body['applicationId']);
    }

    async function subscribe(applicationId: string, apiId: string, tier = 'Unlimited'): Promise<string> {
      const made = await caller.call('POST', `${devportal}/subscriptions`, {
        json: { apiId, applicationId, throttlingPolicy: tier },
      });
      expect(made, made.text).toMatchObject({ status: 201, body: { status: 'UNBLOCKED' } });
      return String(made.body['subscriptionId']);
    }

    async function keysOf(
      applicationId: string,
      keyType = 'PRODUCTION',
    ): Promise<{ consumerKey: string; consumerSecret: string }> {
      const made = await caller.call('POST', `${devportal}/applications/${applicationId}/generate-keys`, {
        json: {
          keyType,
          keyManager: 'Resident Key Manager',
          grantTypesToBeSupported: ['client_credentials', 'refresh_token'],
          callbackUrl: '',
          scopes: ['default'],
          validityTime: '3600',
        },
      });
      expect(made, made.text).toMatchObject({
        status: 200,
        body: { keyState: 'APPROVED', token: { accessToken: expect.any(String) } },
      });
      return made.body as { consumerKey: string; consumerSecret: string };
    }

    async function tokenOf(keys: { consumerKey: string; consumerSecret: string }): Promise<string> {
      const answer = await send('POST', `${caller.base}/oauth2/token`, {
        basic: [keys.consumerKey, keys.consumerSecret],
        form: { grant_type: 'client_credentials' },
      });
      expect(answer, answer.text).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } });
      return String(answer.body['access_token']);
    }

    async function subscriber(
      title: string,
      apiId: string,
      tiers: { application?: string; subscription?: string } = {},
    ): Promise<Subscribed> {
      const applicationId = await newApplication(title, tiers.application);
      const subscriptionId = await subscribe(applicationId, apiId, tiers.subscription);
      const keys = await keysOf(applicationId);
      return { applicationId, subscriptionId, ...keys, token: await tokenOf(keys) };
    }

    async function newApi(body: Record<string, unknown>): Promise<string> {
      const made = await caller.call('POST', `${publisher}/apis?openAPIVersion=v3`, {
        json: {
          version: '1.0.0',
          policies: ['Unlimited'],
          endpointConfig: {
            endpoint_type: 'http',
            production_endpoints: { url: backEnd.url },
            sandbox_endpoints: { url: backEnd.url },
          },
          operations: [
            { target: '/*', verb: 'GET', authType: 'Application & Application User', throttlingPolicy: 'Unlimited' },
          ],
          ...body,
        },
      });
      expect(made, made.text).toMatchObject({ status: 201, body: { lifeCycleStatus: 'CREATED' } });
      expect(made.headers.get('location')).toContain(String(made.body['id']));
      return String(made.body['id']);
    }

    async function deploy(apiId: string): Promise<string> {
      const revision = await caller.call('POST', `${publisher}/apis/${apiId}/revisions`, {
        json: { description: 'r' },
      });
      expect(revision, revision.text).toMatchObject({ status: 201 });
      const deployed = await caller.call(
        'POST',
        `${publisher}/apis/${apiId}/deploy-revision?revisionId=${String(revision.body['id'])}`,
        { json: [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }] },
      );
      expect(deployed, deployed.text).toMatchObject({ status: 201 });
      return String(revision.body['id']);
    }

    async function changeLifecycle(apiId: string, action: string): Promise<Answer> {
      return caller.call(
        'POST',
        `${publisher}/apis/change-lifecycle?apiId=${apiId}&action=${encodeURIComponent(action)}`,
      );
    }

    async function publishedApi(body: Record<string, unknown>): Promise<string> {
      const id = await newApi(body);
      await deploy(id);
      expect(await changeLifecycle(id, 'Publish')).toMatchObject({ status: 200, body: { workflowStatus: 'APPROVED' } });
      return id;
    }

    describe('the twelve calls of the quick start', () => {
      it('creates the API (3), changes it (4)', async () => {
        api = { id: await newApi({ name: `Pizza${run}`, context }) };
        const whole = await caller.call('GET', `${publisher}/apis/${api.id}`);
        const changed = await caller.call('PUT', `${publisher}/apis/${api.id}`, {
          json: {
            ...whole.body,
            description: 'The menu',
            name: 'Other',
            provider: 'eve',
            lifeCycleStatus: 'PUBLISHED',
          },
        });
        expect(changed, changed.text).toMatchObject({
          status: 200,
          body: {
            description: 'The menu',
            name: `Pizza${run}`,
            provider: installation.admin[0],
            lifeCycleStatus: 'CREATED',
          },
        });
      });

      it('makes a revision and deploys it (5, 6): only an internal key opens a created API', async () => {
        await deploy(api.id);
        const key = await caller.call('POST', `${publisher}/apis/${api.id}/generate-key`);
        expect(key, key.text).toMatchObject({ status: 200, body: { apikey: expect.any(String) } });
        const opened = await everywhere(
          (gateway) => send('GET', gateway + path, { headers: { 'Internal-Key': String(key.body['apikey']) } }),
          200,
        );
        expect(opened[0]?.body).toMatchObject({ backEnd: 'first', path: '/menu' });
      });

      it('publishes it (7)', async () => {
        expect(await changeLifecycle(api.id, 'Publish')).toMatchObject({
          status: 200,
          body: { workflowStatus: 'APPROVED', lifecycleState: { state: 'Published' } },
        });
      });

      it('makes an application, keys and a subscription (8, 9, 10), gets a token (11)', async () => {
        subscribed = await subscriber('Orders', api.id);
      });

      it('answers from the back end at every gateway (12), without the credential', async () => {
        const answers = await everywhere((gateway) => invoke(gateway, subscribed.token), 200);
        for (const answer of answers)
          expect(answer.body).toMatchObject({ backEnd: 'first', method: 'GET', path: '/menu' });
        expect(
          backEnd.seen.every(
            (request) => !('authorization' in request.headers) && !('internal-key' in request.headers),
          ),
        ).toBe(true);
      });
    });

    describe('doors that stay shut', () => {
      it.each([
        ['no credential', {}, 401, '900902'],
        ['a token that is none', { token: 'abc' }, 401, '900901'],
        ['a forged signature', { token: 'forged' }, 401, '900901'],
        ['a management token', { token: 'management' }, 403, '900908'],
      ])('answers %s', async (_, credential: { token?: string }, status, code) => {
        const real =
          { forged: `${subscribed.token.slice(0, -8)}AAAAAAAA`, management: caller.token }[credential.token ?? ''] ??
          credential.token;
        const answers = await everywhere(
          (gateway) => send('GET', gateway + path, real === undefined ? {} : { token: real }),
          () => true,
        );
        for (const answer of answers)
          expect(answer, answer.text).toMatchObject(
            credential.token === 'management'
              ? { status: expect.toSatisfy((s: number) => s === 401 || s === status) }
              : { status, body: { code } },
          );
      });

      it('does not know paths that nobody published', async () => {
        for (const answer of await everywhere(
          (gateway) => invoke(gateway, subscribed.token, `/nothing${run}/1.0.0`),
          404,
        ))
          expect(answer.body).toMatchObject({ code: '404', type: 'Status report' });
      });

      it('does not open management with an application token', async () => {
        expect((await send('GET', `${caller.base}${publisher}/apis`, { token: subscribed.token })).status).toBe(401);
      });
    });

    describe('throttling', () => {
      it.each(['application', 'subscription'] as const)(
        'lets exactly the %s quota through in a window, then 429, then again after the window',
        async (level) => {
          const policyName = `Five${level}${run}`;
          const made = await caller.call('POST', `${adminApi}/throttling/policies/${level}`, {
            json: {
              policyName,
              displayName: policyName,
              description: 'five a minute',
              defaultLimit: { ...plan, requestCount: { ...plan.requestCount, timeUnit: 'sec', unitTime: 6 } },
              ...(level === 'subscription' ? { billingPlan: 'FREE', stopOnQuotaReach: true } : {}),
            },
          });
          expect(made, made.text).toMatchObject({ status: 201, body: { policyName } });
          const id = await publishedApi({
            name: `${level}${run}`,
            context: `/${level}${run}`,
            policies: ['Unlimited', ...(level === 'subscription' ? [policyName] : [])],
          });
          const limited = await subscriber(`limited ${level}`, id, { [level]: policyName });
          const at = `/${level}${run}/1.0.0/menu`;
          await everywhere(
            (gateway) => invoke(gateway, limited.token, at),
            (answer) => answer.status === 200 || answer.status === 429,
          );
          await atWindowStart(6);
          const refused = await eventually(
            () => invoke(installation.gateways[0] ?? '', limited.token, at),
            (answer) => answer.status === 429,
            5000,
          );
          const code = level === 'application' ? '900803' : '900804';
          expect(refused, refused.text).toMatchObject({
            status: 429,
            body: { code, message: 'Message throttled out', nextAccessTime: expect.any(String) },
          });
          expect(Date.parse(refused.headers.get('retry-after') ?? '')).toBeGreaterThan(Date.now() - 1000);
          for (const answer of await everywhere((gateway) => invoke(gateway, limited.token, at), 429))
            expect(answer.body).toMatchObject({ code });
          await atWindowStart(6);
          await everywhere((gateway) => invoke(gateway, limited.token, at), 200);
        },
      );

      it('counts each request once, whichever gateway serves it and whichever manager counts it', async () => {
        const policyName = `Twenty${run}`;
        const limit = { ...plan, requestCount: { ...plan.requestCount, requestCount: 20 } };
        await caller.call('POST', `${adminApi}/throttling/policies/application`, {
          json: { policyName, displayName: policyName, defaultLimit: limit },
        });
        const limited = await subscriber('twenty', api.id, { application: policyName });
        await everywhere((gateway) => invoke(gateway, limited.token, `${context}/1.0.0//..%2f`), 400); // known here, counted nowhere
        await atWindowStart(60, 15);
        const statuses: number[] = [];
        for (let i = 0; i < 45; i++) {
          const gateway = installation.gateways[i % installation.gateways.length] ?? '';
          statuses.push(
            (
              await eventually(
                () => invoke(gateway, limited.token),
                (answer) => [200, 429].includes(answer.status),
              )
            ).status,
          );
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
        const admitted = statuses.filter((status) => status === 200).length;
        // One gateway is exact. Two may each admit a request or two while the other's count is on its way; a request that
        // counted twice would stop them near 10, one that counted at half of the managers near 40.
        expect(admitted).toBeGreaterThanOrEqual(20);
        expect(admitted).toBeLessThanOrEqual(installation.gateways.length === 1 ? 20 : 26);
      });

      it('denies an application while the condition is on, and serves it again after', async () => {
        const made = await caller.call('POST', `${adminApi}/throttling/deny-policies`, {
          json: {
            conditionType: 'APPLICATION',
            conditionValue: `${installation.admin[0]}:Orders ${run}`,
            conditionStatus: true,
          },
        });
        expect(made, made.text).toMatchObject({ status: 201 });
        const id = String(made.body['conditionId']);
        for (const answer of await everywhere((gateway) => invoke(gateway, subscribed.token), 403))
          expect(answer.body).toMatchObject({ code: '900805', message: 'Message blocked' });
        expect(
          await caller.call('PATCH', `${adminApi}/throttling/deny-policy/${id}`, { json: { conditionStatus: false } }),
        ).toMatchObject({ status: 200 });
        await everywhere((gateway) => invoke(gateway, subscribed.token), 200);
        expect(await caller.call('DELETE', `${adminApi}/throttling/deny-policy/${id}`)).toMatchObject({ status: 200 });
      });
    });

    describe('changes reach every gateway', () => {
      it('blocks and unblocks a subscription', async () => {
        expect(
          await caller.call(
            'POST',
            `${publisher}/subscriptions/block-subscription?subscriptionId=${subscribed.subscriptionId}&blockState=BLOCKED`,
          ),
        ).toMatchObject({ status: 200 });
        for (const answer of await everywhere((gateway) => invoke(gateway, subscribed.token), 401))
          expect(answer.body).toMatchObject({ code: '900907' });
        expect(
          await caller.call(
            'POST',
            `${publisher}/subscriptions/unblock-subscription?subscriptionId=${subscribed.subscriptionId}`,
          ),
        ).toMatchObject({ status: 200 });
        await everywhere((gateway) => invoke(gateway, subscribed.token), 200);
      });

      it('refuses a revoked token and takes a new one', async () => {
        const keys = { consumerKey: subscribed.consumerKey, consumerSecret: subscribed.consumerSecret };
        const token = await tokenOf(keys);
        await everywhere((gateway) => invoke(gateway, token), 200);
        expect(
          (
            await send('POST', `${caller.base}/oauth2/revoke`, {
              basic: [keys.consumerKey, keys.consumerSecret],
              form: { token, token_type_hint: 'access_token' },
            })
          ).status,
        ).toBe(200);
        for (const answer of await everywhere((gateway) => invoke(gateway, token), 401))
          expect(answer.body).toMatchObject({ code: '900901' });
        await everywhere((gateway) => invoke(gateway, subscribed.token), 200);
      });

      it('takes an opaque token of an application that wants them until it is revoked', async () => {
        const applicationId = await newApplication('Opaque', 'Unlimited', 'OAUTH');
        await subscribe(applicationId, api.id);
        const keys = await keysOf(applicationId);
        const token = await tokenOf(keys);
        expect(token).toMatch(/^tga_[\w-]{43}$/);
        for (const answer of await everywhere((gateway) => invoke(gateway, token), 200))
          expect(answer.body).toMatchObject({ path: '/menu' });
        const basic = [keys.consumerKey, keys.consumerSecret] as const;
        await send('POST', `${caller.base}/oauth2/revoke`, { basic, form: { token } });
        await everywhere((gateway) => invoke(gateway, token), 401);
        // The application chooses anew: what comes then says what it is.
        const whole = await caller.call('GET', `${devportal}/applications/${applicationId}`);
        const json = { ...whole.body, tokenType: 'JWT' };
        const changed = await caller.call('PUT', `${devportal}/applications/${applicationId}`, { json });
        expect(changed, changed.text).toMatchObject({ status: 200, body: { tokenType: 'JWT' } });
        const jwt = await eventually(
          () => send('POST', `${caller.base}/oauth2/token`, { basic, form: { grant_type: 'client_credentials' } }),
          (answer) => String(answer.body['access_token']).startsWith('eyJ'),
        );
        await everywhere((gateway) => invoke(gateway, String(jwt.body['access_token'])), 200);
      });

      it('takes an API key until it is revoked', async () => {
        const made = await caller.call(
          'POST',
          `${devportal}/applications/${subscribed.applicationId}/api-keys/PRODUCTION/generate`,
          {
            json: {
              keyName: 'k1',
              validityPeriod: 3600,
              additionalProperties: { permittedIP: '', permittedReferer: '' },
            },
          },
        );
        expect(made, made.text).toMatchObject({ status: 200, body: { apikey: expect.any(String) } });
        const keyed = await publishedApi({
          name: `Keyed${run}`,
          context: `/keyed${run}`,
          securityScheme: ['oauth2', 'api_key'],
        });
        await subscribe(subscribed.applicationId, keyed);
        const apikey = String(made.body['apikey']);
        const withKey = (gateway: string): Promise<Answer> =>
          send('GET', `${gateway}/keyed${run}/1.0.0/menu`, { headers: { apikey } });
        await everywhere(withKey, 200);
        expect(
          await caller.call(
            'POST',
            `${devportal}/applications/${subscribed.applicationId}/api-keys/PRODUCTION/revoke`,
            { json: { apikey } },
          ),
        ).toMatchObject({ status: 200 });
        for (const answer of await everywhere(withKey, 401)) expect(answer.body).toMatchObject({ code: '900901' });
      });

      it('replaces revision 1 by revision 2', async () => {
        const whole = await caller.call('GET', `${publisher}/apis/${api.id}`);
        const endpointConfig = {
          endpoint_type: 'http',
          production_endpoints: { url: second.url },
          sandbox_endpoints: { url: second.url },
        };
        expect(
          await caller.call('PUT', `${publisher}/apis/${api.id}`, { json: { ...whole.body, endpointConfig } }),
        ).toMatchObject({ status: 200 });
        expect((await invoke(installation.gateways[0] ?? '', subscribed.token)).body).toMatchObject({
          backEnd: 'first',
        });
        await deploy(api.id);
        const answers = await everywhere(
          (gateway) => invoke(gateway, subscribed.token),
          (answer) => answer.body['backEnd'] === 'second',
        );
        for (const answer of answers) expect(answer.body).toMatchObject({ backEnd: 'second' });
      });

      it('blocks the API, then deprecates and retires it: 503, 200, 404', async () => {
        expect(await changeLifecycle(api.id, 'Block')).toMatchObject({ status: 200 });
        for (const answer of await everywhere((gateway) => invoke(gateway, subscribed.token), 503))
          expect(answer.body).toMatchObject({ code: '700700' });
        expect(await changeLifecycle(api.id, 'Re-Publish')).toMatchObject({ status: 200 });
        await everywhere((gateway) => invoke(gateway, subscribed.token), 200);
        expect(await changeLifecycle(api.id, 'Deprecate')).toMatchObject({ status: 200 });
        await everywhere((gateway) => invoke(gateway, subscribed.token), 200);
        expect(await changeLifecycle(api.id, 'Retire')).toMatchObject({ status: 200 });
        await everywhere((gateway) => invoke(gateway, subscribed.token), 404);
      });
    });

    keepsContracts();
  });
}

/** Waits until a window of `seconds` has at least `roomSeconds` (default all but one) left. */
async function atWindowStart(seconds: number, roomSeconds = seconds - 1): Promise<void> {
  const windowMs = seconds * 1000;
  const left = windowMs - (Date.now() % windowMs);
  if (left >= roomSeconds * 1000) return;
  await new Promise((resolve) => setTimeout(resolve, left + 20));
}
