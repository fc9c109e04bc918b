import type { z } from 'zod';
import type { DataPlaneRecord, RecordKind } from '../contract/index.js';

export type RecordSchemas = { readonly [K in RecordKind]?: z.ZodType };

/** One record whose value, as the consumer sees it, changed. `null`: not there. */
export type ReplicaChange<S extends RecordSchemas> = {
  [K in RecordKind & keyof S]: {
    readonly kind: K;
    readonly id: string;
    readonly organization: string;
    readonly before: z.output<NonNullable<S[K]>> | null;
    readonly after: z.output<NonNullable<S[K]>> | null;
  };
}[RecordKind & keyof S];

export type ReplicaProblem =
  | { readonly type: 'record-rejected'; readonly kind: RecordKind; readonly id: string; readonly reason: string }
  | { readonly type: 'listener-failed'; readonly error: unknown };

/** The checked values of the records, by kind and id. A value that does not match its schema stays out; the last good one stays. */
export class RecordView<S extends RecordSchemas> {
  readonly rejected = new Map<string, string>();
  readonly #values = new Map<RecordKind, Map<string, unknown>>();
  readonly #listeners = new Set<(changes: readonly ReplicaChange<S>[]) => void>();

  constructor(
    private readonly schemas: S,
    private readonly onProblem: (problem: ReplicaProblem) => void,
  ) {}

  get<K extends RecordKind & keyof S>(kind: K, id: string): z.output<NonNullable<S[K]>> | undefined {
    return this.all(kind).get(id);
  }

  all<K extends RecordKind & keyof S>(kind: K): ReadonlyMap<string, z.output<NonNullable<S[K]>>> {
    // Only values that came out of this kind's schema are ever put into its map.
    return this.#of(kind) as ReadonlyMap<string, z.output<NonNullable<S[K]>>>;
  }

  onChange(listener: (changes: readonly ReplicaChange<S>[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes over the records, in order, and tells the listeners once. */
  update(records: readonly DataPlaneRecord[]): void {
    const changes = records.flatMap((record) => this.#take(record));
    if (changes.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        this.onProblem({ type: 'listener-failed', error }); // one listener's fault must not keep the others from the change
      }
    }
  }

  /** The change it makes to the view; none when it makes no difference there. */
  #take(record: DataPlaneRecord): ReplicaChange<S>[] {
    const { kind, id, organization } = record;
    const schema = this.schemas[kind];
    if (!schema) return [];
    const values = this.#of(kind);
    const before = values.get(id) ?? null;
    const after = record.value === null ? null : this.#parse(schema, record.value, record);
    if (after === undefined) return [];
    this.rejected.delete(`${kind} ${id}`);
    if (after === null && before === null) return [];
    if (after === null) values.delete(id);
    else values.set(id, after);
    // before and after came out of the schema of this kind
    return [{ kind, id, organization, before, after } as unknown as ReplicaChange<S>];
  }

  /** `undefined` when the value does not match. */
  #parse(schema: z.ZodType, text: string, { kind, id }: DataPlaneRecord): unknown {
    const parsed = schema.safeParse(jsonOf(text));
    if (parsed.success && parsed.data !== null && parsed.data !== undefined) return parsed.data;
    const issue = parsed.error?.issues[0];
    const reason = issue ? `${issue.path.join('.') || 'value'}: ${issue.message}` : 'value: must not be null';
    this.rejected.set(`${kind} ${id}`, reason);
    this.onProblem({ type: 'record-rejected', kind, id, reason });
    return undefined;
  }

  #of(kind: RecordKind): Map<string, unknown> {
    let values = this.#values.get(kind);
    if (!values) this.#values.set(kind, (values = new Map()));
    return values;
  }
}

/** `undefined` for broken text: no schema of ours accepts it. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
