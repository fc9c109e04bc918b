import { z } from 'zod';
import type { Budget } from './budget.js';
import type { Json, Keeper } from './kept.js';
import type { ValueType } from './syntax.js';
import { isNumeric, keyText, type Value } from './value.js';

/**
 * One aggregate of one group. `weight` is how many equal requests an event stands for; every aggregate gives what it
 * would give after that many single events. Events leave in the order in which they came.
 */
export interface AggregateState extends Keeper {
  add(value: Value, weight: number): void;
  remove(value: Value, weight: number): void;
  value(): Value;
  /** Gives back what it has taken from the budget. */
  release(): void;
}

export interface AggregateFunction {
  /** Whether it needs one argument, and a number. */
  readonly takes: 'anything' | 'number' | 'one';
  typeOf(argument: ValueType | null): ValueType;
  make(budget: Budget, argument: ValueType | null): AggregateState;
}

function nothing(): void {
  return undefined;
}

class Count implements AggregateState {
  #count = 0;
  add(_: Value, weight: number): void {
    this.#count += weight;
  }
  remove(_: Value, weight: number): void {
    this.#count = Math.max(0, this.#count - weight);
  }
  value(): number {
    return this.#count;
  }
  save(): Json {
    return this.#count;
  }
  load(state: Json): void {
    this.#count = z.number().parse(state);
  }
  readonly release = nothing;
}

/** Nulls are left out. Once empty it is exactly zero again, whatever rounding fractions brought. */
class Sum implements AggregateState {
  #sum = 0;
  #events = 0;
  constructor(private readonly average: boolean) {}
  add(value: Value, weight: number): void {
    if (typeof value !== 'number') return;
    this.#sum += value * weight;
    this.#events += weight;
  }
  remove(value: Value, weight: number): void {
    if (typeof value !== 'number') return;
    this.#events = Math.max(0, this.#events - weight);
    this.#sum = this.#events === 0 ? 0 : this.#sum - value * weight;
  }
  value(): number {
    if (!this.average) return this.#sum;
    return this.#events === 0 ? 0 : this.#sum / this.#events;
  }
  save(): Json {
    return [this.#sum, this.#events];
  }
  load(state: Json): void {
    [this.#sum, this.#events] = z.tuple([z.number(), z.number()]).parse(state);
  }
  readonly release = nothing;
}

/**
 * Keeps only candidates: because events leave in order, one that a later and better one follows can never be the
 * extreme again.
 */
class Extreme implements AggregateState {
  readonly #candidates: { readonly value: number; weight: number }[] = [];
  constructor(
    private readonly budget: Budget,
    private readonly isBetter: (a: number, b: number) => boolean,
  ) {}
  add(value: Value, weight: number): void {
    if (typeof value !== 'number') return;
    let last = this.#candidates.at(-1);
    while (last && this.isBetter(value, last.value)) {
      this.#candidates.pop();
      this.budget.give();
      last = this.#candidates.at(-1);
    }
    if (last?.value === value) last.weight += weight;
    else if (this.budget.take()) this.#candidates.push({ value, weight });
  }
  remove(value: Value, weight: number): void {
    const first = this.#candidates[0];
    if (!first || first.value !== value) return;
    first.weight -= weight;
    if (first.weight > 0) return;
    this.#candidates.shift();
    this.budget.give();
  }
  value(): Value {
    return this.#candidates[0]?.value ?? null;
  }
  save(): Json {
    return this.#candidates.map(({ value, weight }) => [value, weight]);
  }
  load(state: Json): void {
    const kept = z.array(z.tuple([z.number(), z.number()])).parse(state);
    this.#candidates.push(...kept.map(([value, weight]) => ({ value, weight })));
  }
  release(): void {
    this.budget.give(this.#candidates.length);
    this.#candidates.length = 0;
  }
}

class DistinctCount implements AggregateState {
  readonly #uses = new Map<string, number>();
  constructor(private readonly budget: Budget) {}
  add(value: Value, weight: number): void {
    const key = keyText(value);
    const uses = this.#uses.get(key);
    if (uses === undefined && !this.budget.take()) return;
    this.#uses.set(key, (uses ?? 0) + weight);
  }
  remove(value: Value, weight: number): void {
    const key = keyText(value);
    const left = (this.#uses.get(key) ?? 0) - weight;
    if (left > 0) this.#uses.set(key, left);
    else if (this.#uses.delete(key)) this.budget.give();
  }
  value(): number {
    return this.#uses.size;
  }
  save(): Json {
    return [...this.#uses];
  }
  load(state: Json): void {
    for (const [key, uses] of z.array(z.tuple([z.string(), z.number()])).parse(state)) this.#uses.set(key, uses);
  }
  release(): void {
    this.budget.give(this.#uses.size);
    this.#uses.clear();
  }
}

/** Population deviation by Welford's method, with weights. */
class StandardDeviation implements AggregateState {
  #events = 0;
  #mean = 0;
  #squares = 0;
  add(value: Value, weight: number): void {
    if (typeof value !== 'number') return;
    const before = this.#events;
    this.#events += weight;
    const delta = value - this.#mean;
    this.#mean += (delta * weight) / this.#events;
    this.#squares += (delta * delta * before * weight) / this.#events;
  }
  remove(value: Value, weight: number): void {
    if (typeof value !== 'number') return;
    const left = this.#events - weight;
    if (left <= 0) {
      this.#events = this.#mean = this.#squares = 0;
      return;
    }
    const mean = (this.#mean * this.#events - value * weight) / left;
    const delta = value - mean;
    this.#squares = Math.max(0, this.#squares - (delta * delta * left * weight) / this.#events);
    this.#mean = mean;
    this.#events = left;
  }
  value(): number {
    return this.#events < 2 ? 0 : Math.sqrt(this.#squares / this.#events);
  }
  save(): Json {
    return [this.#events, this.#mean, this.#squares];
  }
  load(state: Json): void {
    [this.#events, this.#mean, this.#squares] = z.tuple([z.number(), z.number(), z.number()]).parse(state);
  }
  readonly release = nothing;
}

const count: AggregateFunction = { takes: 'anything', typeOf: () => 'long', make: () => new Count() };
const sum: AggregateFunction = {
  takes: 'number',
  typeOf: (type) => (type === 'int' || type === 'long' ? 'long' : 'double'),
  make: () => new Sum(false),
};

const functions: Readonly<Record<string, AggregateFunction>> = {
  count,
  sum,
  avg: { takes: 'number', typeOf: () => 'double', make: () => new Sum(true) },
  min: {
    takes: 'number',
    typeOf: (type) => type ?? 'double',
    make: (budget) => new Extreme(budget, (a, b) => a < b),
  },
  max: {
    takes: 'number',
    typeOf: (type) => type ?? 'double',
    make: (budget) => new Extreme(budget, (a, b) => a > b),
  },
  distinctcount: { takes: 'one', typeOf: () => 'long', make: (budget) => new DistinctCount(budget) },
  stddev: { takes: 'number', typeOf: () => 'double', make: () => new StandardDeviation() },
  // With a second argument: true empties the group instead of counting the event.
  'throttler:count': count,
  'throttler:sum': sum,
};

/** Finds an aggregate by its name, in any case; `withReset` for those that take a second, resetting argument. */
export function aggregateNamed(
  name: string,
): { readonly aggregate: AggregateFunction; readonly withReset: boolean } | null {
  const lower = name.toLowerCase();
  if (!Object.hasOwn(functions, lower)) return null;
  return { aggregate: functions[lower] as AggregateFunction, withReset: lower.startsWith('throttler:') };
}

/** Whether an aggregate takes an argument of this type. */
export function acceptsArgument({ takes }: AggregateFunction, type: ValueType): boolean {
  return takes !== 'number' || isNumeric(type);
}
