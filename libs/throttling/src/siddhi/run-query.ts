import { z } from 'zod';
import type { Budget } from './budget.js';
import { keptJson, type Json, type Keeper } from './kept.js';
import type { QueryPlan, StagePlan } from './plan.js';
import { Selector, type Chunk, type Entry, type OutputRow } from './selector.js';
import { Filter, RunningBatch, StateChange, TimeLength, type Stage } from './stages.js';
import type { EvaluationContext } from './value.js';
import { SilentBatch, SlidingLength, SlidingTime } from './windows.js';

const keptQuery = z.object({ stages: z.array(keptJson), selector: keptJson });

/** A query with its state. */
export class RunningQuery implements Keeper {
  readonly #stages: readonly Stage[];
  readonly #selector: Selector;
  /** The batch speaks at its end, from counters alone. */
  readonly #gathers: boolean;
  /** Rows came out while the batch ran; at its end counters fall to zero. */
  readonly #releases: boolean;

  constructor(
    readonly plan: QueryPlan,
    budget: Budget,
    context: EvaluationContext,
  ) {
    this.#stages = plan.stages.map((stage) => stageOf(stage, plan, budget, context));
    this.#selector = new Selector(plan, budget, context);
    this.#gathers = plan.countersSuffice && plan.stages.some(({ kind }) => kind === 'timeBatch');
    this.#releases = plan.countersSuffice && !this.#gathers;
  }

  accept(entry: Entry): OutputRow[] {
    return this.#through([entry], 0);
  }

  nextTimerMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const stage of this.#stages) {
      const waits = this.#gathers && stage instanceof RunningBatch && this.#selector.hasSpoken;
      next = Math.min(next, waits ? (stage as RunningBatch).endMs : stage.nextTimerMs());
    }
    return next;
  }

  /** Lets happen what is due at `nowMs`. */
  fire(nowMs: number): OutputRow[] {
    const rows: OutputRow[] = [];
    for (const [i, stage] of this.#stages.entries()) {
      const spoken = this.#gathers && stage instanceof RunningBatch && this.#selector.hasSpoken && stage.endMs <= nowMs;
      if (!spoken && stage.nextTimerMs() > nowMs) continue;
      const chunk = stage.fire();
      if (this.#gathers) rows.push(...this.#selector.speak());
      else if (this.#releases) rows.push(...this.#selector.releaseAll());
      else rows.push(...this.#through(chunk, i + 1));
    }
    return rows;
  }

  get lateRequests(): number {
    return this.#stages.reduce((sum, stage) => sum + stage.lateRequests, 0);
  }

  get droppedRequests(): number {
    return this.#stages.reduce((sum, stage) => sum + stage.droppedRequests, this.#selector.droppedRequests);
  }

  save(): Json {
    return { stages: this.#stages.map((stage) => stage.save()), selector: this.#selector.save() };
  }

  load(state: Json): void {
    const { stages, selector } = keptQuery.parse(state);
    for (const [i, stage] of this.#stages.entries()) stage.load(stages[i] ?? null);
    this.#selector.load(selector);
  }

  #through(chunk: Chunk, from: number): OutputRow[] {
    let passing = chunk;
    for (let i = from; i < this.#stages.length && passing.length > 0; i++) {
      const stage = this.#stages[i] as Stage;
      const [only] = passing;
      passing =
        passing.length === 1 && only !== undefined && typeof only !== 'string'
          ? stage.process(only)
          : passing.flatMap((entry) => (typeof entry === 'string' ? [entry] : stage.process(entry)));
    }
    if (!this.#gathers) return this.#selector.process(passing);
    this.#selector.gather(passing);
    return [];
  }
}

function stageOf(stage: StagePlan, plan: QueryPlan, budget: Budget, context: EvaluationContext): Stage {
  const keepsEvents = !plan.countersSuffice && (plan.emits !== 'current' || plan.lastRowOnly);
  switch (stage.kind) {
    case 'filter':
      return new Filter(stage, context);
    case 'stateChange':
      return new StateChange(stage, budget);
    case 'runningBatch':
      return new RunningBatch(stage, { keepsEvents, stamps: true }, budget, context);
    case 'timeLength':
      return new TimeLength(stage, budget, context);
    case 'time':
      return new SlidingTime(stage.lengthMs, budget, context);
    case 'length':
      return new SlidingLength(stage.most, budget);
    case 'timeBatch':
      return plan.countersSuffice
        ? new RunningBatch(stage, { keepsEvents: false, stamps: false }, budget, context)
        : new SilentBatch(stage, budget, context);
    case 'lengthBatch':
      return new SilentBatch(stage, budget, context);
  }
}
