import type { AggregateState } from './aggregates.js';
import type { Budget } from './budget.js';
import type { EventKinds, ValueType } from './syntax.js';
import type { Evaluate } from './value.js';

export interface Attribute {
  readonly name: string;
  readonly type: ValueType;
  /** It holds the properties of the request, whatever its declared type. */
  readonly isMap?: true;
}

/** A step that events take before they are selected. Lengths and times are milliseconds. */
export type StagePlan =
  | { readonly kind: 'filter'; readonly condition: Evaluate }
  | { readonly kind: 'stateChange'; readonly key: number; readonly flag: number }
  | { readonly kind: 'runningBatch'; readonly lengthMs: number; readonly startMs: number | null }
  | {
      readonly kind: 'timeLength';
      readonly lengthMs: number;
      readonly startMs: number | null;
      readonly most: number;
      readonly key: number;
    }
  | { readonly kind: 'time'; readonly lengthMs: number }
  | { readonly kind: 'length'; readonly most: number }
  | { readonly kind: 'timeBatch'; readonly lengthMs: number; readonly startMs: number | null }
  | { readonly kind: 'lengthBatch'; readonly most: number };

export interface AggregatePlan {
  readonly argument: Evaluate | null;
  readonly reset: Evaluate | null;
  make(budget: Budget): AggregateState;
}

/** A query after the check: everything is compiled, nothing is looked up by name any more. */
export interface QueryPlan {
  readonly source: string;
  readonly target: string;
  readonly stages: readonly StagePlan[];
  /** `null`: all attributes as they are. */
  readonly items: readonly Evaluate[] | null;
  readonly aggregates: readonly AggregatePlan[];
  readonly groupBy: readonly number[];
  readonly having: Evaluate | null;
  readonly emits: EventKinds;
  /** Of one chunk only the last row per group comes out: batches with an aggregate. */
  readonly lastRowOnly: boolean;
  /** Counters per group say everything: no event of the window has to be kept. */
  readonly countersSuffice: boolean;
}
