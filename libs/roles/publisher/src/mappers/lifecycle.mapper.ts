import { deprecateOldVersions, displayState, transitionsFrom } from '@tollgate/api/domain';
import type { Api, ApiLifecycleEvent } from '@tollgate/api/server';

export function lifecycleState(api: Pick<Api, 'state'>): object {
  const transitions = transitionsFrom(api.state);
  const publishes = transitions.some((transition) => transition.event === 'Publish');
  return {
    state: displayState(api.state),
    checkItems: publishes ? [{ name: deprecateOldVersions, value: false, requiredStates: [] }] : [],
    availableTransitions: transitions.map(({ event, target }) => ({ event, targetState: displayState(target) })),
  };
}

/** The first entry says that the API was created: it has no previous state. */
export function lifecycleHistory(events: readonly ApiLifecycleEvent[]): object {
  const list = events.map((event) => ({
    ...(event.previousState === null ? {} : { previousState: event.previousState }),
    postState: event.postState,
    user: event.userName,
    updatedTime: new Date(event.at).toISOString(),
  }));
  return { count: list.length, list };
}
