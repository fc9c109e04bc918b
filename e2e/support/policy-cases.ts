import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from './back-end.js';
import { Caller } from './caller.js';
import { contractProblems, contractsPresent } from './contracts.js';
import type { Installation } from './installation.js';
import { eventually } from './rest.js';
import { kilobytesPerDay, perDay, PolicyRig, type Guarded, type Place } from './policy-rig.js';

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
const bytes = { body: 'y'.repeat(1_100) };

type What = NonNullable<Parameters<Guarded['calls']>[1]>;

/** What is limited, where, the policy, what is sent, the statuses in turn, the code of the refusal. One line is one case. */
const cases: readonly [string, Place, object, What, number[], string?][] = [
  ['requests', 'api', twoPerDay, {}, inGroup, '900800'],
  ['requests', 'resource', twoPerDay, {}, inGroup, '900802'],
  ['requests', 'subscription', { ...twoPerDay, stopOnQuotaReach: true }, {}, inGroup, '900804'],
  ['requests', 'application', twoPerDay, {}, inGroup, '900803'],
  ['bytes', 'api', twoKilobytes, bytes, [200, 429], '900800'],
  ['bytes', 'resource', twoKilobytes, bytes, [200, 429]],
  ['bytes', 'subscription', { ...twoKilobytes, stopOnQuotaReach: true }, bytes, [200, 429], '900804'],
  ['bytes', 'application', twoKilobytes, bytes, [200, 429], '900803'],
  ['a burst', 'subscription', { defaultLimit, rateLimitCount: 2, rateLimitTimeUnit: 'min' }, {}, inGroup, '900807'],
  [
    'a burst',
    'application',
    { defaultLimit, burstLimit: { rateLimitCount: 2, rateLimitTimeUnit: 'min' } },
    {},
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

/** A layout where nobody counts for all gateways refuses strict policies: it has no strict cases. */
export interface PolicyLayout {
  readonly canBeStrict: boolean;
}

/** Drives strict policies through all gateways of an installation. */
export function keepsStrictPolicies(name: string, start: () => Promise<Installation>): void {
  driveCases(name, start, strictCases);
}

/** Drives every kind of policy with every kind of limit through a gateway. */
export function keepsPolicies(
  name: string,
  start: () => Promise<Installation>,
  layout: PolicyLayout = { canBeStrict: true },
): void {
  driveCases(name, start, layout.canBeStrict ? [...cases, ...strictCases] : cases);
}

function driveCases(name: string, start: () => Promise<Installation>, driven: typeof cases): void {
  describe(name, () => {
    let installation: Installation;
    let backEnd: BackEnd;
    let rig: PolicyRig;

    beforeAll(async () => {
      installation = await start();
      backEnd = await startBackEnd('policies');
      rig = new PolicyRig(installation, await Caller.signIn(installation), backEnd);
    }, 120_000);
    afterAll(async () => {
      const codes = await installation?.stop();
      await backEnd?.close();
      expect(Object.values(codes ?? {}).filter((code) => code !== 0)).toEqual([]);
    }, 60_000);

    it.each(driven)(
      '%s at the place %s',
      async (_, place, policy, what, expected, code) => {
        const guarded = await rig.guarded(place, policy as Record<string, unknown>);
        const everywhere = (policy as { strict?: boolean }).strict ?? false;
        expect(await guarded.calls(expected.length, { ...what, everywhere })).toEqual(expected);
        if (code !== undefined) expect((await guarded.answer()).body).toMatchObject({ code });
      },
      20_000,
    );

    it('a user of an application whose quota was reset may go on within a second', async () => {
      const guarded = await rig.guarded('application', twoPerDay);
      expect(await guarded.calls(3)).toEqual(inGroup);
      await rig.resetQuota(guarded);
      const again = await eventually(guarded.answer, ({ status }) => status === 200, 1_000);
      expect(again.status).toBe(200);
      expect(await guarded.calls(2)).toEqual([200, 429]);
    });

    it.skipIf(!contractsPresent)('every answer of the management surfaces matches the contracts', () => {
      expect([...contractProblems]).toEqual([]);
    });
  });
}
