import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from './back-end.js';
import { adminApi, Caller } from './caller.js';
import type { Installation } from './installation.js';
import { PolicyRig, type Guarded } from './policy-rig.js';
import { eventually, type Answer } from './rest.js';

const rules = `${adminApi}/throttling/policies/custom`;

/** A day from the first request on: no edge of a window can fall into the test. */
const dailyPer = (key: string, filter: string, condition: string) =>
  `FROM RequestStream[${filter}] SELECT ${key} as throttleKey INSERT INTO EligibilityStream;
FROM EligibilityStream#throttler:timeBatch(1 day)
SELECT throttleKey, (${condition}) as isThrottled, expiryTimeStamp GROUP BY throttleKey
INSERT ALL EVENTS INTO ResultStream;`;

/** Custom rules from the editor to the refusal, the same for every layout. */
export function keepsCustomRules(name: string, start: () => Promise<Installation>): void {
  describe(name, () => {
    let installation: Installation;
    let backEnd: BackEnd;
    let caller: Caller;
    let rig: PolicyRig;

    beforeAll(async () => {
      installation = await start();
      backEnd = await startBackEnd('rules');
      caller = await Caller.signIn(installation);
      rig = new PolicyRig(installation, caller, backEnd);
    }, 180_000);
    afterAll(async () => {
      await installation?.stop();
      await backEnd?.close();
    }, 60_000);

    function save(policyName: string, keyTemplate: string, siddhiQuery: string): Promise<Answer> {
      return caller.call('POST', rules, { json: { policyName, keyTemplate, siddhiQuery } });
    }
    const guarded = (): Promise<Guarded> => rig.guarded('application', { defaultLimit: unlimited });
    const unlimited = { type: 'REQUESTCOUNTLIMIT', requestCount: { requestCount: 1e9, unitTime: 1, timeUnit: 'day' } };

    it('throttle the key after the count with 429 900806, and free it when they are deleted', async () => {
      const api = await guarded();
      const context = api.path;
      const query = dailyPer("str:concat(apiContext, ':', userId)", `apiContext == '${context}'`, 'count() >= 3');
      const saved = await save('perApi', '$apiContext:$userId', query);
      expect(saved, saved.text).toMatchObject({
        status: 201,
        body: { policyName: 'perApi', keyTemplate: '$apiContext:$userId', siddhiQuery: query, isDeployed: true },
      });
      const location = saved.headers.get('location');
      expect(location).toContain(String(saved.body['policyId']));

      const refused = await eventually(
        () => api.answer(),
        ({ status }) => status === 429,
      );
      expect(refused.body).toMatchObject({
        code: '900806',
        message: 'Message throttled out',
        nextAccessTime: expect.any(String),
      });
      expect(refused.headers.get('retry-after')).toMatch(/GMT$/);
      expect(refused.headers.get('ratelimit')).toMatch(/^"perApi";r=0;t=\d+$/);
      const untouched = await guarded();
      expect(await untouched.calls(5)).toEqual([200, 200, 200, 200, 200]);

      expect(await caller.call('DELETE', `${rules}/${String(saved.body['policyId'])}`)).toMatchObject({ status: 200 });
      await eventually(
        () => api.answer(),
        ({ status }) => status === 200,
      );
    });

    it('read a header that gateways send only because the rule asks for it, and give way to a raised limit', async () => {
      const api = await guarded();
      const isTrial = `apiContext == '${api.path}' and regex:find('(?i)^trial', cast(map:get(propertiesMap, 'X-Plan'), 'string'))`;
      const text = (limit: number) => dailyPer('apiContext', isTrial, `count() >= ${limit}`);
      const saved = await save('trial', '$apiContext', text(2));
      expect(saved, saved.text).toMatchObject({ status: 201 });
      const trial = { headers: { 'x-plan': 'TRIAL-7' } };
      // Those without the header count nowhere, however many they are.
      expect(new Set(await api.calls(10))).toEqual(new Set([200]));
      await eventually(
        async () => ({ status: (await api.calls(1, trial))[0] }),
        ({ status }) => status === 429,
      );
      const changed = await caller.call('PUT', `${rules}/${String(saved.body['policyId'])}`, {
        json: { policyName: 'trial', keyTemplate: '$apiContext', siddhiQuery: text(1_000_000) },
      });
      expect(changed, changed.text).toMatchObject({ status: 200 });
      await eventually(
        () => api.answer(),
        ({ status }) => status === 200,
      );
      expect(await api.calls(3, trial)).toEqual([200, 200, 200]);
    });

    it('that cannot run are refused with 400, by line and column, and none is kept', async () => {
      const answer = await save(
        'wrong',
        '$appId',
        'FROM RequestStream#throttler:timeBatch(1 min)\nSELECT userID as throttleKey, count() >= 3 as isThrottled, expiryTimeStamp INSERT INTO ResultStream;',
      );
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.text).toContain("line 2, column 8: the stream RequestStream has no attribute 'userID'");
      expect(answer.text).toContain("did you mean 'userId'");
      const template = await save('wrong', '$user', dailyPer('userId', 'true', 'count() >= 3'));
      expect(template).toMatchObject({ status: 400 });
      expect(template.text).toContain('did you mean $userId');
      const list = await caller.call('GET', rules);
      expect(list.text).not.toContain('"wrong"');
    });

    it('have a key template of their own, and are found by the search', async () => {
      const text = dailyPer('appId', "appId == 'none'", 'count() >= 3');
      expect(await save('first', '$appId', text)).toMatchObject({ status: 201 });
      expect(await save('second', '$appId', text)).toMatchObject({ status: 409 });
      expect(await save('first', '$appId:x', text)).toMatchObject({ status: 409 });
      const found = await caller.call('GET', `${adminApi}/throttling/policies/search?query=type:global`);
      expect(found.body).toMatchObject({
        list: expect.arrayContaining([expect.objectContaining({ policyName: 'first', type: 'global' })]),
      });
    });
  });
}
