import { describe, expect, it } from 'vitest';
import { lifecycleStates } from '@tollgate/api/contract';
import { subscriptionStates } from '../contract/index.js';
import { requireOfferedPlan, requireOpenForSubscription, requireSwitchable } from './index.js';

const api = { name: 'Pizza', version: '1', lifecycleState: 'PUBLISHED', policies: ['Gold', 'Silver'] };

describe('subscribing', () => {
  it.each(lifecycleStates)('asks the state %s', (lifecycleState) => {
    const attempt = () => requireOpenForSubscription({ ...api, lifecycleState });
    if (lifecycleState === 'PUBLISHED' || lifecycleState === 'PROTOTYPED') expect(attempt).not.toThrow();
    else expect(attempt).toThrow(expect.objectContaining({ code: 'API_NOT_SUBSCRIBABLE', status: 400 }));
  });

  it('takes offered plans alone and names them', () => {
    expect(() => requireOfferedPlan(api, 'Gold')).not.toThrow();
    expect(() => requireOfferedPlan(api, 'gold')).toThrow(
      expect.objectContaining({
        status: 400,
        fields: [
          { field: 'throttlingPolicy', message: 'API Pizza 1 does not offer "gold". Choose one of: Gold, Silver.' },
        ],
      }),
    );
  });
});

describe('blocking and unblocking', () => {
  it.each(subscriptionStates)('asks the state %s', (state) => {
    const attempt = () => requireSwitchable(state);
    if (['UNBLOCKED', 'BLOCKED', 'PROD_ONLY_BLOCKED'].includes(state)) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(expect.objectContaining({ code: 'SUBSCRIPTION_PENDING', status: 409 }));
  });
});
