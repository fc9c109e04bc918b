import { ApimError, InvalidInputError } from '@tollgate/base';
import type { SubscriptionState } from '../contract/index.js';

/** What the rules need to know about an API. */
export interface SubscribableApi {
  readonly name: string;
  readonly version: string;
  readonly lifecycleState: string;
  /** Business plans offered. */
  readonly policies: readonly string[];
}

/** A deprecated API keeps its subscribers and takes no new ones. */
const openStates: ReadonlySet<string> = new Set(['PUBLISHED', 'PROTOTYPED']);

/** @throws ApimError 400 when the API takes no new subscriptions in its state */
export function requireOpenForSubscription(api: SubscribableApi): void {
  if (openStates.has(api.lifecycleState)) return;
  throw new ApimError({
    code: 'API_NOT_SUBSCRIBABLE',
    status: 400,
    message: `API ${api.name} ${api.version} takes no new subscriptions in its state ${api.lifecycleState}.`,
    action: 'Subscribe to a version that is PUBLISHED or PROTOTYPED.',
  });
}

/** @throws InvalidInputError when the API does not offer the plan */
export function requireOfferedPlan(api: SubscribableApi, plan: string, field = 'throttlingPolicy'): void {
  if (api.policies.includes(plan)) return;
  const offer =
    api.policies.length > 0
      ? `Choose one of: ${api.policies.join(', ')}.`
      : 'It offers no plan and needs no subscription.';
  throw new InvalidInputError([
    { field, message: `API ${api.name} ${api.version} does not offer "${plan}". ${offer}` },
  ]);
}

/** States that a publisher may set. */
export const blockStates = ['BLOCKED', 'PROD_ONLY_BLOCKED'] as const;
export type BlockState = (typeof blockStates)[number];

const switchable: ReadonlySet<SubscriptionState> = new Set(['UNBLOCKED', 'BLOCKED', 'PROD_ONLY_BLOCKED']);

/**
 * Blocks or unblocks: only a subscription that is in force, so that an unblock never approves a pending one.
 * @throws ApimError 409 when it waits for a decision
 */
export function requireSwitchable(state: SubscriptionState): void {
  if (switchable.has(state)) return;
  throw new ApimError({
    code: 'SUBSCRIPTION_PENDING',
    status: 409,
    message: `The subscription is in state ${state} and can be neither blocked nor unblocked.`,
    action: 'Decide on the pending request first.',
  });
}
