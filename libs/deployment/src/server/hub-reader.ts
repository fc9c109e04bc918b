import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Database } from '@tollgate/database';
import { In, type EntityManager } from 'typeorm';
import {
  etagOf,
  recordSchema,
  type Changes,
  type DataPlaneRecord,
  type HubState,
  type RecordKind,
  type Snapshot,
} from '../contract/index.js';
import { emptyDigest } from '../domain/index.js';
import { GatewayRecord, HubSequence } from './hub.entities.js';
import { OutboxReader } from './outbox-reader.js';

const zip = promisify(gzip);
/** Beyond this many changes a snapshot is cheaper. */
const mostChanges = 5_000;

export interface RecordVersion {
  readonly kind: string;
  readonly id: string;
  /** Sequence number of the last change. */
  readonly seq: number;
  readonly value: unknown;
}

/** What gateways and traffic managers ask the control plane. */
export class HubReader {
  readonly #outbox: OutboxReader;
  #cached: { etag: string; body: Promise<Buffer> } | null = null;

  constructor(private readonly db: Database) {
    this.#outbox = new OutboxReader(db);
  }

  state(): Promise<HubState> {
    return stateIn(this.db.manager);
  }

  /**
   * The snapshot as gzipped JSON with its ETag; the body of one state is made once, however many gateways ask.
   * @param have the caller's ETag
   * @returns `null` body when the caller has it already
   */
  async snapshotFor(have: string): Promise<{ etag: string; body: Buffer | null }> {
    const etag = etagOf(await this.state());
    if (have === etag) return { etag, body: null };
    if (this.#cached?.etag === etag) return { etag, body: await this.#cached.body };
    const made = this.snapshot().then(async (snapshot) => {
      return { etag: etagOf(snapshot), body: await zip(JSON.stringify(snapshot), { level: 1 }) };
    });
    const entry = { etag, body: made.then(({ body }) => body) };
    this.#cached = entry;
    try {
      const result = await made;
      entry.etag = result.etag; // the state may have moved on between the two reads
      return result;
    } catch (error) {
      if (this.#cached === entry) this.#cached = null;
      throw error;
    }
  }

  /** All records of one moment. */
  async snapshot(): Promise<Snapshot> {
    return this.#atOneMoment(async (manager) => {
      const state = await stateIn(manager);
      const rows = await manager.find(GatewayRecord);
      return { ...state, records: rows.map(toRecord) };
    });
  }

  /** The present records of one kind. */
  async recordsOf(kind: RecordKind): Promise<DataPlaneRecord[]> {
    return (await this.db.manager.findBy(GatewayRecord, { kind })).map(toRecord);
  }

  /** The records of these kinds, and which change made each what it is: its version. */
  async versionsOf(kinds: readonly RecordKind[], organization: string): Promise<RecordVersion[]> {
    const rows = await this.db.manager.find(GatewayRecord, {
      where: { kind: In([...kinds]), organization },
      order: { kind: 'ASC', id: 'ASC' },
    });
    return rows.map(({ kind, id, seq, value }) => ({ kind, id, seq, value: JSON.parse(value) as unknown }));
  }

  /** `gone` when they are no longer kept, too many, or of another epoch: the caller needs the snapshot. */
  async changes(since: number, epoch: string): Promise<Changes | 'gone'> {
    const state = await this.state();
    if (state.epoch !== epoch) return 'gone';
    if (since >= state.seq) return { ...state, changes: [] };
    if (state.seq - since > mostChanges) return 'gone';
    // A little more than asked for may have been committed since the state was read: it is left out, so that state and changes agree.
    const messages = (await this.#outbox.after(since, mostChanges)).filter(({ message }) => message.seq <= state.seq);
    if (messages.length !== state.seq - since) return 'gone';
    return { ...state, changes: messages.map(({ message }) => ({ seq: message.seq, change: message.data })) };
  }

  /** SQLite's transaction gate and MySQL's repeatable read both give one unchanging view. */
  #atOneMoment<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const { dataSource, isSqlite } = this.db;
    return isSqlite ? dataSource.transaction(work) : dataSource.transaction('REPEATABLE READ', work);
  }
}

function toRecord({ kind, id, organization, value, hash }: GatewayRecord): DataPlaneRecord {
  return recordSchema.parse({ kind, id, organization, value, hash });
}

async function stateIn(manager: EntityManager): Promise<HubState> {
  const row = await manager.findOneBy(HubSequence, { id: 1 });
  return row
    ? { epoch: row.epoch, seq: row.value, digest: row.digest }
    : { epoch: 'empty', seq: 0, digest: emptyDigest };
}
