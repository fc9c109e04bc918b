import type { MemoryCounterStore, OpenWindows } from '@tollgate/throttling/counters';
import type { RuleStates, TrafficManager } from '@tollgate/throttling/traffic-manager';

/** Everything that a manager needs to go on where it was, or where its peer is. */
export interface CountingState {
  /** Empty where counts are kept in the shared store. */
  readonly windows: OpenWindows;
  readonly rules: RuleStates;
}

/** What one manager has counted by itself: quotas in its store, custom rules in its engine. */
export class Counting {
  constructor(
    readonly store: MemoryCounterStore,
    private readonly engine: Pick<TrafficManager, 'saveRules' | 'loadRules'>,
  ) {}

  save(): CountingState {
    return { windows: this.store.openWindows(), rules: this.engine.saveRules() };
  }

  /** Takes over a state in the place of what is here. */
  load({ windows, rules }: CountingState): void {
    this.store.load(windows);
    this.engine.loadRules(rules);
  }
}
