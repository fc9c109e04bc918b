import { expect, it } from 'vitest';
import type { RequestEvent, ThrottlePolicyRecord } from '../contract/index.js';
import { usesOf } from './increments.js';

const limit = { type: 'REQUESTCOUNTLIMIT', requestCount: 10, unitTime: 1, timeUnit: 'day' } as const;
const group = { conditions: [], limit };
const policyOf = () => ({ limit, conditionGroups: [group, group] }) as unknown as ThrottlePolicyRecord;
const event = (more: Partial<RequestEvent>) =>
  ({
    appKey: 'app',
    appTier: 'T',
    subscriptionKey: 'sub',
    subscriptionTier: 'T',
    apiKey: 'api',
    apiTier: 'T',
    resourceKey: '',
    resourceTier: '',
    matchedConditions: '',
    windowStart: 0,
    count: 3,
    bytes: 0,
    ...more,
  }) as RequestEvent;
const countedOf = (more: Partial<RequestEvent>) =>
  usesOf([event(more)], policyOf, () => false).uses.map(({ level, throttleKey }) => `${level} ${throttleKey}`);

it('what a leased permit has counted is not counted again, and everything else is', () => {
  expect(countedOf({})).toEqual(['api api', 'subscription sub', 'application app']);
  expect(countedOf({ leased: 'api,application' })).toEqual(['subscription sub']);
  const groups = { matchedConditions: '0,1' };
  expect(countedOf({ ...groups, leased: 'api:1' })).toEqual([
    'api api_condition_0',
    'subscription sub',
    'application app',
  ]);
  expect(countedOf({ matchedConditions: 'default', leased: 'api' })).toEqual(['subscription sub', 'application app']);
});
