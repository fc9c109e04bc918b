import { ApimError } from '@tollgate/base';
import type { LifecycleState } from '../contract/index.js';

export const lifecycleActions = [
  'Publish',
  'Deploy as a Prototype',
  'Demote to Created',
  'Block',
  'Deprecate',
  'Re-Publish',
  'Retire',
] as const;
export type LifecycleAction = (typeof lifecycleActions)[number];

export interface Transition {
  readonly event: LifecycleAction;
  readonly target: LifecycleState;
}

const publish: Transition = { event: 'Publish', target: 'PUBLISHED' };
const prototype: Transition = { event: 'Deploy as a Prototype', target: 'PROTOTYPED' };
const demote: Transition = { event: 'Demote to Created', target: 'CREATED' };
const deprecate: Transition = { event: 'Deprecate', target: 'DEPRECATED' };

/**
 * ```text
 *   CREATED ──Publish──▶ PUBLISHED ──Block──▶ BLOCKED ──Deprecate──▶ DEPRECATED ──Retire──▶ RETIRED
 *      │  ▲                 ▲  │                 │                        ▲
 *      │  └──Demote── PROTOTYPED └──Deprecate────┼────────────────────────┘
 *      └──Prototype──▶──────┘       Re-Publish──▶ PUBLISHED
 * ```
 * A published API may also go back to PROTOTYPED or CREATED.
 */
const transitions: Readonly<Record<LifecycleState, readonly Transition[]>> = {
  CREATED: [publish, prototype],
  PROTOTYPED: [publish, demote],
  PUBLISHED: [{ event: 'Block', target: 'BLOCKED' }, prototype, demote, deprecate],
  BLOCKED: [{ event: 'Re-Publish', target: 'PUBLISHED' }, deprecate],
  DEPRECATED: [{ event: 'Retire', target: 'RETIRED' }],
  RETIRED: [],
};

/** What may happen to an API in this state, in the order portals show it. */
export function transitionsFrom(state: LifecycleState): readonly Transition[] {
  return transitions[state];
}

/** What the checklist's tick asks for when an API is published. */
export const deprecateOldVersions = 'Deprecate old versions after publishing the API';

export interface PublishChecklist {
  readonly deprecateOldVersions: boolean;
}

/**
 * Reads `lifecycleChecklist`: comma-separated `item:true|false`.
 * @throws ApimError 400 for an item that this server does not have, so that nothing asked for is left undone silently
 */
export function readChecklist(text: string | undefined): PublishChecklist {
  const wanted = { deprecateOldVersions: false };
  for (const part of (text ?? '').split(',').map((item) => item.trim())) {
    if (part === '') continue;
    const colon = part.lastIndexOf(':');
    const [name, value] = [part.slice(0, Math.max(0, colon)), part.slice(colon + 1)];
    if (name !== deprecateOldVersions || !/^(true|false)$/i.test(value)) throw unknownChecklistItem(part);
    wanted.deprecateOldVersions = value.toLowerCase() === 'true';
  }
  return wanted;
}

function unknownChecklistItem(item: string): ApimError {
  return new ApimError({
    code: 'LIFECYCLE_CHECKLIST_UNKNOWN',
    status: 400,
    message: `"${item.slice(0, 100)}" is no item of the lifecycle checklist.`,
    action: `Send "${deprecateOldVersions}:true" or leave lifecycleChecklist out.`,
    fields: [{ field: 'lifecycleChecklist', message: 'Unknown item' }],
  });
}

/**
 * State after `action`.
 * @throws ApimError 400 when the state does not allow it, 400 with code 903224 when nothing could be subscribed to
 */
export function nextState(
  api: { name: string; version: string; state: LifecycleState; policies: readonly string[] },
  action: LifecycleAction,
): LifecycleState {
  const found = transitions[api.state].find((transition) => transition.event === action);
  if (!found) throw transitionRefused(api, action);
  if (action === 'Publish' && api.policies.length === 0) throw businessPlanMissing(api);
  return found.target;
}

function transitionRefused(api: { state: LifecycleState }, action: LifecycleAction): ApimError {
  const possible = transitions[api.state].map((transition) => transition.event);
  return new ApimError({
    code: 'LIFECYCLE_ACTION_NOT_ALLOWED',
    status: 400,
    message: `"${action}" is not possible while the API is ${api.state}.`,
    action: possible.length > 0 ? `Possible now: ${possible.join(', ')}.` : 'Create a new version of the API instead.',
  });
}

function businessPlanMissing(api: { name: string; version: string }): ApimError {
  return new ApimError({
    code: 'BUSINESS_PLAN_MISSING',
    status: 400,
    wireCode: 903224,
    message: `API "${api.name}" ${api.version} has no business plan, so nobody could subscribe to it.`,
    action: 'Choose at least one business plan in "policies", save the API, and publish it again.',
  });
}

/** `Published` for `PUBLISHED`: how the contract's lifecycle bodies spell states. */
export function displayState(state: LifecycleState): string {
  return state.charAt(0) + state.slice(1).toLowerCase();
}
