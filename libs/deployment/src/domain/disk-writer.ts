import { safeMessage, type Logger } from '@tollgate/base';
import type { Snapshot } from '../contract/index.js';
import type { RecordSchemas } from './record-view.js';
import type { NumberedChange, Replica } from './replica.js';

/** The copy on disk: a snapshot and a journal of the changes after it. */
export interface DiskCopyPort {
  /** `null` when there is none, or none that is whole. */
  load(): Promise<{ snapshot: Snapshot; changes: readonly NumberedChange[] } | null>;
  /** Replaces snapshot and journal; after a crash the old or the new one is there, whole. */
  saveSnapshot(snapshot: Snapshot): Promise<void>;
  append(changes: readonly NumberedChange[]): Promise<void>;
  close(): Promise<void>;
  /** The journal has grown so long that a new snapshot is cheaper to start from. */
  readonly journalIsLong: boolean;
}

/** Writes behind the replica, in order and one at a time. A disk that fails is reported and never stops the service. */
export class DiskWriter {
  #lastError = '';
  #pending: NumberedChange[] = [];
  #snapshotDue = false;
  #writing: Promise<void> | null = null;

  constructor(
    private readonly disk: DiskCopyPort,
    private readonly log: Logger,
    private readonly currentSnapshot: () => Snapshot | null,
  ) {}

  get lastError(): string {
    return this.#lastError;
  }

  /** Fills the replica from disk. @returns whether there was something sound */
  async load<S extends RecordSchemas>(replica: Replica<S>): Promise<boolean> {
    try {
      const copy = await this.disk.load();
      if (!copy) return false;
      const refusal = replica.loadSnapshot(copy.snapshot);
      if (refusal) throw new Error(`The copy on disk was refused: ${refusal}.`);
      for (const { seq, change } of copy.changes) replica.apply(seq, change);
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  snapshotLoaded(): void {
    this.#snapshotDue = true;
    this.#pending = [];
    this.#write();
  }

  append(changes: readonly NumberedChange[]): void {
    this.#pending.push(...changes);
    this.#write();
  }

  /** Resolves when everything is on disk, or failed; the files are closed. */
  async finish(): Promise<void> {
    while (this.#writing) await this.#writing;
    await this.disk.close();
  }

  #write(): void {
    this.#writing ??= this.#drain().finally(() => (this.#writing = null));
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // changes of one run are written together
    while (this.#snapshotDue || this.#pending.length > 0) {
      const changes = this.#pending;
      this.#pending = [];
      try {
        if (this.#snapshotDue) await this.#saveSnapshot();
        else await this.disk.append(changes);
        this.#lastError = '';
        if (this.disk.journalIsLong) this.#snapshotDue = true;
      } catch (error) {
        this.#failed(error);
        this.#snapshotDue = true; // the journal may lack something: only a whole snapshot makes it right
        this.#pending = [];
        return; // tried again with the next change
      }
    }
  }

  /** The snapshot is taken now, so it holds every change that waited. */
  async #saveSnapshot(): Promise<void> {
    this.#snapshotDue = false;
    const snapshot = this.currentSnapshot();
    if (snapshot) await this.disk.saveSnapshot(snapshot);
  }

  #failed(error: unknown): void {
    this.#lastError = safeMessage(error);
    this.log.warn({ event: 'replica.disk_copy_failed', reason: this.#lastError }, 'The copy on disk cannot be used');
  }
}
