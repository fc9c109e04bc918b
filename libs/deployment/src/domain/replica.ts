import type { z } from 'zod';
import type { Changes, DataPlaneRecord, HubState, RecordChange, RecordKind, Snapshot } from '../contract/index.js';
import { digestOf, hashRecord, toggleInDigest } from './record-hash.js';
import { RecordView, type RecordSchemas, type ReplicaChange, type ReplicaProblem } from './record-view.js';

/** What the replica has to be given before it is right again. */
export type Need = 'nothing' | 'changes' | 'snapshot';

export interface NumberedChange {
  readonly seq: number;
  readonly change: RecordChange;
}

/** What came of new changes: those now part of the replica, in order, and what is missing still. */
export interface Outcome {
  readonly applied: readonly NumberedChange[];
  readonly need: Need;
}

export interface ReplicaOptions<S extends RecordSchemas> {
  /** Kinds the consumer uses, each with the schema of its values. Others are kept, but not in the view. */
  readonly schemas: S;
  readonly onProblem: (problem: ReplicaProblem) => void;
}

/** Changes that came ahead of a missing one; beyond this they are fetched instead. */
const mostEarly = 20_000;

/**
 * A gateway's or traffic manager's copy of the control plane's records. Pure: it does no input or output, and says what
 * it needs. Its rule: nothing that is broken, empty, older or out of order ever replaces good data.
 */
export class Replica<S extends RecordSchemas = RecordSchemas> {
  readonly #view: RecordView<S>;
  #records = new Map<string, DataPlaneRecord>();
  #state: HubState | null = null;
  readonly #early = new Map<number, RecordChange>();

  constructor(options: ReplicaOptions<S>) {
    this.#view = new RecordView(options.schemas, options.onProblem);
  }

  /** `null` until something was loaded. */
  get state(): HubState | null {
    return this.#state;
  }

  /** A change came ahead of one that is still missing. */
  get hasGap(): boolean {
    return this.#early.size > 0;
  }

  get size(): number {
    return this.#records.size;
  }

  /** Records whose present value does not match its kind's schema: `kind id` → reason. The last good value, if any, stays in the view. */
  get rejected(): ReadonlyMap<string, string> {
    return this.#view.rejected;
  }

  get<K extends RecordKind & keyof S>(kind: K, id: string): z.output<NonNullable<S[K]>> | undefined {
    return this.#view.get(kind, id);
  }

  /** The values of a kind by id. A live view: read it at once, or copy it. */
  all<K extends RecordKind & keyof S>(kind: K): ReadonlyMap<string, z.output<NonNullable<S[K]>>> {
    return this.#view.all(kind);
  }

  /** Told once per loaded snapshot and once per applied run of changes. @returns ends it */
  onChange(listener: (changes: readonly ReplicaChange<S>[]) => void): () => void {
    return this.#view.onChange(listener);
  }

  /** Everything it holds, as the control plane would answer. */
  snapshot(): Snapshot | null {
    return this.#state && { ...this.#state, records: [...this.#records.values()] };
  }

  /**
   * Replaces the whole content, if the snapshot is sound and newer than what is held.
   * @param options.allowOlder the control plane was asked again and really stands before us (restored from a backup)
   * @returns why it was refused, or `null`
   */
  loadSnapshot(snapshot: Snapshot, options: { allowOlder?: boolean } = {}): string | null {
    const refusal = this.#refusalOf(snapshot, options.allowOlder === true);
    if (refusal) return refusal;
    const next = new Map(snapshot.records.map((record) => [keyOf(record), record]));
    const touched: DataPlaneRecord[] = [];
    for (const [key, old] of this.#records) if (!next.has(key)) touched.push({ ...old, value: null, hash: '' });
    for (const [key, record] of next) if (this.#records.get(key)?.hash !== record.hash) touched.push(record);
    this.#records = next;
    this.#state = { epoch: snapshot.epoch, seq: snapshot.seq, digest: snapshot.digest };
    this.#view.update(touched);
    this.#settleEarly();
    return null;
  }

  /** One change from the hub, in whatever order and however often it comes. */
  apply(seq: number, change: RecordChange): Outcome {
    const state = this.#state;
    if (state && change.epoch === state.epoch && seq <= state.seq) return { applied: [], need: 'nothing' };
    if (isBroken(change.record)) return { applied: [], need: state ? 'changes' : 'snapshot' };
    if (this.#early.size < mostEarly) this.#early.set(seq, change);
    if (!state || change.epoch !== state.epoch) return { applied: [], need: 'snapshot' };
    const applied = seq === state.seq + 1 ? this.#settleEarly() : [];
    return { applied, need: this.hasGap ? 'changes' : 'nothing' };
  }

  /** The answer to "what came after my sequence number". */
  applyFetched(answer: Changes): Outcome {
    const before = this.#state;
    if (!before || answer.epoch !== before.epoch) return { applied: [], need: 'snapshot' };
    for (const { seq, change } of answer.changes) {
      if (isBroken(change.record) || change.epoch !== before.epoch)
        return { applied: this.#settleEarly(), need: 'snapshot' };
      if (seq > before.seq) this.#early.set(seq, change);
    }
    const applied = this.#settleEarly();
    return { applied, need: this.#needAfterFetch(answer, applied.length > 0) };
  }

  /** How this copy stands against the control plane's state. `backwards`: the control plane stands before us. */
  compare(state: HubState): Need | 'backwards' {
    const own = this.#state;
    if (!own || own.epoch !== state.epoch) return 'snapshot';
    if (state.seq > own.seq) return 'changes';
    if (state.seq < own.seq) return 'backwards';
    return state.digest === own.digest ? 'nothing' : 'snapshot';
  }

  #needAfterFetch(answer: Changes, progressed: boolean): Need {
    const need = this.compare(answer);
    if (need === 'changes') return progressed ? 'changes' : 'snapshot';
    return need === 'backwards' ? 'nothing' : need; // the hub brought more while the answer was on its way
  }

  #refusalOf(snapshot: Snapshot, allowOlder: boolean): string | null {
    const own = this.#state;
    if (own && this.#records.size > 0 && snapshot.records.length === 0) return 'the snapshot is empty';
    if (own && snapshot.epoch === own.epoch && snapshot.seq < own.seq && !allowOlder) {
      return `the snapshot is older (${snapshot.seq}) than what is held (${own.seq})`;
    }
    const keys = new Set<string>();
    for (const record of snapshot.records) {
      if (record.value === null || isBroken(record))
        return `record ${record.kind} ${record.id} does not match its hash`;
      keys.add(keyOf(record));
    }
    if (keys.size !== snapshot.records.length) return 'a record is in the snapshot twice';
    return digestOf(snapshot.records) === snapshot.digest ? null : 'the records do not match the digest';
  }

  /** Applies whatever follows without a gap, and forgets early changes that are already part of the content. */
  #settleEarly(): NumberedChange[] {
    const applied: NumberedChange[] = [];
    const state = this.#state;
    if (!state) return applied;
    let { seq, digest } = state;
    for (let change = this.#early.get(seq + 1); change?.epoch === state.epoch; change = this.#early.get(seq + 1)) {
      applied.push({ seq: ++seq, change });
      digest = this.#put(change.record, digest);
    }
    this.#state = { epoch: state.epoch, seq, digest };
    for (const [at, change] of this.#early) if (at <= seq || change.epoch !== state.epoch) this.#early.delete(at);
    if (applied.length > 0) this.#view.update(applied.map(({ change }) => change.record));
    return applied;
  }

  #put(record: DataPlaneRecord, digest: string): string {
    const key = keyOf(record);
    const without = toggleInDigest(digest, this.#records.get(key)?.hash ?? '');
    if (record.value === null) this.#records.delete(key);
    else this.#records.set(key, record);
    return toggleInDigest(without, record.hash);
  }
}

function keyOf(record: DataPlaneRecord): string {
  return `${record.kind}\0${record.id}`;
}

function isBroken(record: DataPlaneRecord): boolean {
  return record.hash !== (record.value === null ? '' : hashRecord(record.kind, record.id, record.value));
}
