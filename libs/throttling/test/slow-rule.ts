/**
 * What a rule of one query has to emit, computed the slow and obvious way: whole lists of events, every aggregate from
 * nothing each time. It shares no code with the engine.
 */
export interface SlowEvent {
  readonly atMs: number;
  readonly user: string;
  /** `null`: the request has no such property. */
  readonly size: number | null;
}
export type SlowAggregate = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'distinctcount' | 'stddev';
export interface SlowRule {
  readonly window: 'running' | 'time' | 'length' | 'timeBatch' | 'lengthBatch';
  /** Milliseconds, or events. */
  readonly size: number;
  readonly aggregate: SlowAggregate;
  readonly limit: number;
  readonly grouped: boolean;
  readonly emits: 'current' | 'expired' | 'all';
  readonly having: boolean;
}
interface SlowRow {
  readonly atMs: number;
  readonly user: string;
  readonly flag: boolean;
}

export function slowRows(rule: SlowRule, events: readonly SlowEvent[], untilMs: number): SlowRow[] {
  const rows: SlowRow[] = [];
  const emit = (
    chunk: { event: SlowEvent; kind: 'current' | 'expired'; inside: readonly SlowEvent[] }[],
    atMs: number,
  ): void => {
    const found = chunk
      .filter(({ kind }) => rule.emits === 'all' || rule.emits === kind)
      .map(({ event, inside }) => ({ atMs, user: event.user, flag: isOver(rule, event, inside) }))
      .filter(({ flag }) => !rule.having || flag);
    if (rule.window === 'time' || rule.window === 'length') return void rows.push(...found);
    const groups = [...new Set(found.map(({ user }) => (rule.grouped ? user : '')))];
    for (const group of groups)
      rows.push(found.filter(({ user }) => !rule.grouped || user === group).at(-1) as SlowRow);
  };
  const leaving = (gone: readonly SlowEvent[], stay: readonly SlowEvent[] = []) =>
    gone.map((event, i) => ({ event, kind: 'expired' as const, inside: [...gone.slice(i + 1), ...stay] }));
  const arriving = (come: readonly SlowEvent[]) =>
    come.map((event, i) => ({ event, kind: 'current' as const, inside: come.slice(0, i + 1) }));

  let inside: SlowEvent[] = [];
  let before: SlowEvent[] = [];
  const pending = [...events];
  // Every millisecond in turn: first what is due, then what arrives.
  for (let nowMs = 0; nowMs <= untilMs; nowMs++) {
    if (rule.window === 'time') {
      for (const event of inside.filter(({ atMs }) => atMs + rule.size === nowMs)) {
        inside = inside.filter((each) => each !== event);
        emit([{ event, kind: 'expired', inside }], nowMs);
      }
    }
    if (rule.window === 'running' && nowMs % rule.size === 0) {
      emit(leaving(inside), nowMs);
      inside = [];
    }
    if (rule.window === 'timeBatch' && nowMs % rule.size === 0) {
      emit([...leaving(before), ...arriving(inside)], nowMs);
      before = inside;
      inside = [];
    }
    while (pending[0]?.atMs === nowMs) {
      const event = pending.shift() as SlowEvent;
      const full = rule.window === 'length' && inside.length === rule.size ? inside.slice(0, 1) : [];
      inside = [...inside.slice(full.length), event];
      const rest = inside.slice(0, -1);
      const arrival = { event, kind: 'current' as const, inside };
      if (rule.window === 'length') emit([...leaving(full, rest), arrival], nowMs);
      else if (rule.window === 'running' || rule.window === 'time') emit([arrival], nowMs);
      else if (rule.window === 'lengthBatch' && inside.length === rule.size) {
        emit([...leaving(before), ...arriving(inside)], nowMs);
        before = inside;
        inside = [];
      }
    }
  }
  return rows;
}

function isOver({ aggregate, limit, grouped }: SlowRule, { user }: SlowEvent, inside: readonly SlowEvent[]): boolean {
  const group = inside.filter((event) => !grouped || event.user === user);
  const value = valueOf(aggregate, group);
  return value !== null && value >= limit;
}

function valueOf(aggregate: SlowAggregate, group: readonly SlowEvent[]): number | null {
  const sizes = group.map(({ size }) => size).filter((size) => size !== null);
  const sum = sizes.reduce((all, size) => all + size, 0);
  const mean = sizes.length === 0 ? 0 : sum / sizes.length;
  switch (aggregate) {
    case 'count':
      return group.length;
    case 'sum':
      return sum;
    case 'avg':
      return mean;
    case 'min':
      return sizes.length === 0 ? null : Math.min(...sizes);
    case 'max':
      return sizes.length === 0 ? null : Math.max(...sizes);
    case 'distinctcount':
      return new Set(group.map(({ size }) => size)).size;
    case 'stddev':
      return sizes.length < 2 ? 0 : Math.sqrt(sizes.reduce((all, size) => all + (size - mean) ** 2, 0) / sizes.length);
  }
}
