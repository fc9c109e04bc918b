import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from './back-end.js';
import { adminApi, Caller } from './caller.js';
import { keepsContracts } from './contracts.js';
import type { Installation } from './installation.js';
import { DecisionLog } from './decision-log.js';
import { eventually, type Answer } from './rest.js';
import { openStream, startStreamBackEnd, type StreamBackEnd, type StreamKind } from './stream-peers.js';
import { eventsPerDay, kilobytesPerDay, perDay, PolicyRig, type Guarded, type Place, type Sent } from './policy-rig.js';

const defaultLimit = perDay(4);
/** Two requests of a group of two per day pass; of those that are in none all three, by the limit of four. */
const [inGroup, inNone] = [
  [200, 200, 429],
  [200, 200, 200],
];
const group = (type: string, part: string, detail: object, invertCondition = false) => ({
  defaultLimit,
  conditionalGroups: [{ description: '', limit: perDay(2), conditions: [{ type, invertCondition, [part]: detail }] }],
});
const ip = (specificIP: string, invert = false) =>
  group('IPCONDITION', 'ipCondition', { ipConditionType: 'IPSPECIFIC', specificIP }, invert);
const range = (startingIP: string, endingIP: string) =>
  group('IPCONDITION', 'ipCondition', { ipConditionType: 'IPRANGE', specificIP: '', startingIP, endingIP });
const header = (headerValue: string, invert = false) =>
  group('HEADERCONDITION', 'headerCondition', { headerName: 'X-Kind', headerValue }, invert);
const query = (parameterValue: string) =>
  group('QUERYPARAMETERCONDITION', 'queryParameterCondition', { parameterName: 'kind', parameterValue });
const claim = (claimUrl: string, attribute: string) =>
  group('JWTCLAIMSCONDITION', 'jwtClaimsCondition', { claimUrl, attribute });
const twoPerDay = { defaultLimit: perDay(2) };
const twoKilobytes = { defaultLimit: kilobytesPerDay(2) };
/** Each request of an API without topics is one event. */
const twoEvents = { defaultLimit: eventsPerDay(2) };
const bytes = { body: 'y'.repeat(1_100) };

/** A burst is counted by each gateway for itself. */
const burst = { oneGateway: true };

/** What is limited, where, the policy, what is sent, the statuses in turn, the code of the refusal. One line is one case. */
const cases: readonly [string, Place, object, Sent, number[], string?][] = [
  ['requests', 'api', twoPerDay, {}, inGroup, '900800'],
  ['requests', 'resource', twoPerDay, {}, inGroup, '900802'],
  ['requests', 'subscription', { ...twoPerDay, stopOnQuotaReach: true }, {}, inGroup, '900804'],
  ['requests', 'application', twoPerDay, {}, inGroup, '900803'],
  ['bytes', 'api', twoKilobytes, bytes, [200, 429], '900800'],
  ['bytes', 'resource', twoKilobytes, bytes, [200, 429]],
  ['bytes', 'subscription', { ...twoKilobytes, stopOnQuotaReach: true }, bytes, [200, 429], '900804'],
  ['bytes', 'application', twoKilobytes, bytes, [200, 429], '900803'],
  ['events', 'api', twoEvents, {}, inGroup, '900808'],
  ['events', 'resource', twoEvents, {}, inGroup, '900808'],
  ['events', 'subscription', { ...twoEvents, stopOnQuotaReach: true }, {}, inGroup, '900808'],
  ['events', 'application', twoEvents, {}, inGroup, '900808'],
  ['a burst', 'subscription', { defaultLimit, rateLimitCount: 2, rateLimitTimeUnit: 'min' }, burst, inGroup, '900807'],
  [
    'a burst',
    'application',
    { defaultLimit, burstLimit: { rateLimitCount: 2, rateLimitTimeUnit: 'min' } },
    burst,
    inGroup,
    '900807',
  ],
  ['requests that may go on', 'subscription', { ...twoPerDay, stopOnQuotaReach: false }, {}, inNone],
  ['requests of a user', 'api', { ...twoPerDay, applicableLevel: 'userLevel' }, {}, inGroup, '900800'],
  ['an address', 'api', ip('127.0.0.1'), {}, inGroup, '900800'],
  ['a block of addresses', 'resource', ip('127.0.0.0/8'), {}, inGroup, '900802'],
  ['another address', 'api', ip('127.0.0.2'), {}, inNone],
  ['not an address', 'api', ip('2001:db8::/32', true), {}, inGroup],
  ['a range of addresses', 'api', range('127.0.0.1', '127.0.0.9'), {}, inGroup],
  ['a header', 'api', header('mobile|tv'), { headers: { 'x-kind': 'my mobile' } }, inGroup],
  ['another header', 'api', header('^mobile$'), { headers: { 'x-kind': 'my mobile' } }, inNone],
  ['not a header', 'api', header('.', true), {}, inGroup],
  ['a query parameter', 'api', query('^a'), { query: '?kind=abc' }, inGroup],
  ['another query parameter', 'api', query('^a'), { query: '?kind=b' }, inNone],
  ['a claim', 'api', claim('keytype', 'PRODUCTION'), {}, inGroup],
  ['another claim', 'api', claim('keytype', 'SANDBOX'), {}, inNone],
];

const places: readonly Place[] = ['api', 'resource', 'subscription', 'application'];

/** Limits of events on what streams carry: four events, dealt out over the gateways. */
const streamCases: readonly (readonly [string, StreamKind, Place])[] = places.flatMap((place) => [
  ['events of a WebSocket', 'WS', place] as const,
  ['events of a server-sent stream', 'SSE', place] as const,
]);

const strictly = { strict: true, stopOnQuotaReach: true };
const strictGroup = { ...header('tv'), ...strictly };

/** The same of policies that no request passes over, driven through all gateways in turn. */
const strictCases: typeof cases = [
  ['strict requests', 'api', { ...twoPerDay, ...strictly }, {}, inGroup, '900800'],
  ['strict requests', 'resource', { ...twoPerDay, ...strictly }, {}, inGroup, '900802'],
  ['strict requests', 'subscription', { ...twoPerDay, ...strictly }, {}, inGroup, '900804'],
  ['strict requests', 'application', { ...twoPerDay, ...strictly }, {}, inGroup, '900803'],
  ['strict requests of a user', 'api', { ...twoPerDay, ...strictly, applicableLevel: 'userLevel' }, {}, inGroup],
  ['strict requests in a group', 'api', strictGroup, { headers: { 'x-kind': 'tv' } }, inGroup],
  ['strict requests in no group', 'api', strictGroup, {}, [200, 200, 200, 200, 429]],
];

/** A custom rule that lets three requests of a key a day pass: the window begins with the first. */
const threePerDay = (key: string, context: string): string => `
FROM RequestStream[apiContext == '${context}'] SELECT ${key} as throttleKey INSERT INTO EligibilityStream;
FROM EligibilityStream#throttler:timeBatch(1 day)
SELECT throttleKey, (count() >= 3) as isThrottled, expiryTimeStamp GROUP BY throttleKey
INSERT ALL EVENTS INTO ResultStream;`;

/** Key template of a custom rule, and the expression that makes the same key. */
const rules: readonly [string, string][] = [
  ['$apiContext', 'apiContext'],
  ['$apiContext:$userId', "str:concat(apiContext, ':', userId)"],
  ['$appId:$apiVersion', "str:concat(appId, ':', apiVersion)"],
];

const userOf = ({ token }: Guarded): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }).sub;
const subscriptionOf = ({ path, name }: Guarded, keyType: string): string => `${path}:1.0.0:admin-${name}:${keyType}`;
const addresses = (startingIp: string, endingIp: string, invert = false) => ({ startingIp, endingIp, invert });

/** What is denied, the kind of the condition, its value, what becomes of a request. */
const denials: readonly [string, string, (guarded: Guarded) => unknown, 200 | 403][] = [
  ['an API', 'API', ({ path }) => path, 403],
  ['another API', 'API', ({ path }) => `${path}0`, 200],
  ['an application', 'APPLICATION', ({ name }) => `admin:${name}`, 403],
  ['a subscription', 'SUBSCRIPTION', (guarded) => subscriptionOf(guarded, 'PRODUCTION'), 403],
  ['a subscription by other keys', 'SUBSCRIPTION', (guarded) => subscriptionOf(guarded, 'SANDBOX'), 200],
  ['a user', 'USER', userOf, 403],
  ['an address', 'IP', () => ({ fixedIp: '127.0.0.1', invert: false }), 403],
  ['every address but this', 'IP', () => ({ fixedIp: '127.0.0.1', invert: true }), 200],
  ['every address but another', 'IP', () => ({ fixedIp: '203.0.113.9', invert: true }), 403],
  ['a range of addresses', 'IPRANGE', () => addresses('127.0.0.1', '127.0.0.9'), 403],
  ['every address but this range', 'IPRANGE', () => addresses('127.0.0.1', '127.0.0.9', true), 200],
  ['every address but another range', 'IPRANGE', () => addresses('203.0.113.1', '203.0.113.9', true), 403],
];

interface Liveness {
  readonly id: string;
  readonly liveOn: readonly string[];
  readonly missingOn: readonly string[];
}

const unlimited = { defaultLimit: perDay(1_000_000) };
const ten = { defaultLimit: perDay(10) };

/** A row of every table that stands for its neighbours, where all would take too long. */
export const fewCases: ReadonlySet<string> = new Set([
  'requests',
  'requests of a user',
  'events of a server-sent stream',
  'a claim',
  '$apiContext',
  'an application',
  'every address but another',
]);

export interface PolicyTable {
  /** Only rows of these names. */
  readonly only?: ReadonlySet<string>;
  /** true: a cluster, whose managers tell by level what they have counted. */
  readonly levels?: boolean;
  /** Default true. A layout where nobody counts for all gateways refuses strict policies: it has no strict cases. */
  readonly canBeStrict?: boolean;
}

/** Drives strict policies through all gateways of an installation. */
export function keepsStrictPolicies(name: string, start: () => Promise<Installation>): void {
  keepsPolicies(name, start, { only: new Set(strictCases.map(([what]) => what)) });
}

/** Drives every kind of policy with every kind of limit through the gateways, in turn. */
export function keepsPolicies(
  name: string,
  start: () => Promise<Installation>,
  { only, levels = false, canBeStrict = true }: PolicyTable = {},
): void {
  const chosen = <T extends readonly [string, ...unknown[]]>(rows: readonly T[]): T[] =>
    rows.filter(([what]) => only?.has(what) ?? true);
  const driven = canBeStrict ? [...cases, ...strictCases] : cases;
  describe(name, () => {
    let installation: Installation;
    let backEnd: BackEnd;
    let streamBackEnd: StreamBackEnd;
    let caller: Caller;
    let rig: PolicyRig;

    /** Waits until every node that has to hold it says that it does. */
    async function liveEverywhere(id: string): Promise<void> {
      const lineOf = async (): Promise<Liveness | undefined> => {
        const { body } = await caller.call('GET', `${adminApi}/topology/policies`);
        return (body['list'] as Liveness[]).find((line) => line.id === id);
      };
      const isLive = (line?: Liveness): boolean => (line?.liveOn.length ?? 0) > 0 && line?.missingOn.length === 0;
      expect(await eventually(lineOf, isLive)).toMatchObject({ missingOn: [] });
    }

    beforeAll(async () => {
      installation = await start();
      backEnd = await startBackEnd('policies');
      streamBackEnd = await startStreamBackEnd();
      caller = await Caller.signIn(installation);
      rig = new PolicyRig(installation, caller, backEnd);
    }, 180_000);
    afterAll(async () => {
      const codes = await installation?.stop();
      await backEnd?.close();
      await streamBackEnd?.close();
      expect(Object.values(codes ?? {}).filter((code) => code !== 0)).toEqual([]);
    }, 60_000);

    it.each(chosen(driven))(
      '%s at the place %s',
      async (_, place, policy, what, expected, code) => {
        const guarded = await rig.guarded(place, policy as Record<string, unknown>);
        const isStrict = (policy as { strict?: boolean }).strict ?? false; // needs no waiting for what others have counted
        const call = isStrict ? guarded.calls(expected.length, what) : guarded.inTurn(expected, what);
        expect(await call).toEqual(expected);
        if (code !== undefined && what.oneGateway) expect((await guarded.calls(1, what))[0]).toBe(429);
        else if (code !== undefined) expect((await guarded.answer()).body).toMatchObject({ code });
      },
      60_000,
    );

    it.each(chosen(streamCases))(
      '%s (%s) at the place %s, over all gateways together',
      async (_, kind, place) => {
        const scheme = kind === 'WS' ? 'ws' : 'http';
        const endpointConfig = {
          endpoint_type: 'http',
          production_endpoints: { url: `${scheme}://127.0.0.1:${streamBackEnd.port}/${place}` },
        };
        const policy = {
          defaultLimit: eventsPerDay(4),
          ...(place === 'subscription' ? { stopOnQuotaReach: true } : {}),
        };
        const guarded = await rig.guarded(place, policy, { type: kind, endpointConfig });
        const streams = await rig.streams(guarded, kind);
        const tell = (i: number, event: string): number => streamBackEnd.tell(`/${place}/menu?at=${i}`, event);
        for (let event = 0; event < 4; event++) {
          const at = event % streams.length;
          expect(tell(at, `event ${event}`)).toBe(1);
          await expect.poll(() => streams[at]?.events.at(-1), { timeout: 5_000 }).toBe(`event ${event}`);
        }
        await sleep(1_500); // the managers count them, and tell
        for (const [i, stream] of streams.entries()) {
          expect(tell(i, 'one too many')).toBe(1);
          expect(await stream.ended).toContain('900808');
          expect(stream.events).not.toContain('one too many');
        }
        const [gateway] = installation.gateways;
        expect(await openStream(kind, `${gateway}${guarded.path}/menu`, guarded.token)).toBe(429);
      },
      60_000,
    );

    const everywhere = (guarded: Guarded, status: number, withinMs = 15_000): Promise<Answer[]> =>
      eventually(
        () => Promise.all(installation.gateways.map(() => guarded.answer())),
        (answers) => answers.every((answer) => answer.status === status),
        withinMs,
      );

    it.each(chosen(denials))(
      'a deny condition for %s',
      async (_, conditionType, valueOf, status) => {
        const guarded = await rig.guarded('application', unlimited);
        expect((await everywhere(guarded, 200)).map((answer) => answer.status)).not.toContain(403);
        const json = { conditionType, conditionValue: valueOf(guarded), conditionStatus: true };
        const made = await caller.call('POST', `${adminApi}/throttling/deny-policies`, { json });
        expect(made, made.text).toMatchObject({ status: 201 });
        await liveEverywhere(String(made.body['conditionId']));
        const answers = await everywhere(guarded, status);
        const body = status === 403 ? { code: '900805', message: 'Message blocked' } : {};
        for (const answer of answers) expect(answer, answer.text).toMatchObject({ status, body });
        await caller.call('DELETE', `${adminApi}/throttling/deny-policy/${String(made.body['conditionId'])}`);
        expect((await everywhere(guarded, 200)).map((answer) => answer.status)).not.toContain(403);
      },
      60_000,
    );

    it.each(chosen(rules))(
      'a custom rule by the key %s',
      async (keyTemplate, expression) => {
        const guarded = await rig.guarded('application', unlimited);
        const json = { policyName: guarded.name, keyTemplate, siddhiQuery: threePerDay(expression, guarded.path) };
        const saved = await caller.call('POST', `${adminApi}/throttling/policies/custom`, { json });
        expect(saved, saved.text).toMatchObject({ status: 201 });
        const id = String(saved.body['policyId']);
        await liveEverywhere(id);
        expect(await guarded.inTurn([200, 200, 200, 429, 429], { settled: true })).toEqual([200, 200, 200, 429, 429]);
        expect((await guarded.answer()).body).toMatchObject({ code: '900806' });
        await caller.call('DELETE', `${adminApi}/throttling/policies/custom/${id}`);
      },
      60_000,
    );

    it('the hard limit of an API, which each gateway keeps by itself', async () => {
      const guarded = await rig.guarded('application', unlimited, { maxTps: { production: 2 } });
      expect(await guarded.calls(installation.gateways.length)).not.toContain(503);
      await new Promise((resolve) => setTimeout(resolve, 1_100)); // a second of its own
      const answers = await Promise.all(Array.from({ length: 12 }, () => rig.atFirstGateway(guarded)));
      const admitted = answers.filter(({ status }) => status === 200);
      const refused = answers.filter(({ status }) => status === 503);
      expect(admitted.length).toBeGreaterThanOrEqual(2);
      expect(admitted.length).toBeLessThanOrEqual(4); // the twelve may lie in two seconds
      expect(refused.length).toBe(12 - admitted.length);
      for (const { body } of refused) expect(body).toMatchObject({ code: '900801' });
    }, 60_000);

    it.runIf(levels)(
      'a request counts once at every level at every manager',
      async () => {
        const { managers } = installation;
        if (!managers) throw new Error('This installation has no managers of its own.');
        const log = await DecisionLog.listen(managers);
        try {
          for (const [top, places] of [
            ['resource', ['resource', 'subscription', 'application']],
            ['api', ['api', 'subscription', 'application']],
          ] as const) {
            const guarded = await rig.guarded(places, ten);
            log.clear();
            expect(await guarded.calls(9)).toEqual(Array.from({ length: 9 }, () => 200));
            await rig.settle();
            const nine = { [top]: 9, subscription: 9, application: 9 };
            const told = Object.values(log.highest());
            // In one store each manager sees the counts at its own additions only; the last one sees them all.
            if (managers.inOneStore) expect(told).toContainEqual(nine);
            else expect(told).toEqual(managers.addresses.map(() => nine));
          }
        } finally {
          await log.close();
        }
      },
      60_000,
    );

    it('a user of an application whose quota was reset may go on within a second', async () => {
      const guarded = await rig.guarded('application', twoPerDay);
      expect(await guarded.inTurn(inGroup)).toEqual(inGroup);
      await rig.resetQuota(guarded);
      const again = await eventually(guarded.answer, ({ status }) => status === 200, 1_000);
      expect(again.status).toBe(200);
      expect(await guarded.inTurn([200, 429])).toEqual([200, 429]);
    }, 60_000);

    it('every request that was admitted is counted once', () => rig.settle(), 60_000);

    keepsContracts();
  });
}
