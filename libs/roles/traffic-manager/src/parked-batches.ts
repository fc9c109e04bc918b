import { join } from 'node:path';
import { safeMessage, type Logger } from '@tollgate/base';
import type { FallbackCounterStore } from '@tollgate/throttling/counters';
import type { ReceivedBatch } from '@tollgate/throttling/traffic-manager';
import { BatchJournal } from './batch-journal.js';

export interface ParkedBatchesParts {
  readonly store: Pick<FallbackCounterStore, 'stats'>;
  readonly log: Logger;
  /** After so many batches the oldest are worth nothing: the store parks no more than that. */
  readonly generation?: number;
}

/**
 * Batches whose counts wait in memory for the shared store, on disk as well, so that a kill loses none of them. What has
 * reached the store after all counts once there, whoever tells it again within its memory of batches (15 minutes).
 */
export class ParkedBatches {
  readonly #journal: BatchJournal;
  readonly #generation: number;
  #inThisFile = 0;
  #hasFiles = false;
  /** Removes what is older than the last file but this one. */
  #removeOld: () => Promise<void> = async () => undefined;

  constructor(
    dir: string,
    private readonly parts: ParkedBatchesParts,
  ) {
    this.#journal = new BatchJournal(join(dir, 'parked'), parts.log);
    this.#generation = parts.generation ?? 10_000;
  }

  /** Call it when the batch was counted and before the broker hears of it. Costs nothing while the store is there. */
  async keep(batch: ReceivedBatch): Promise<void> {
    if (this.parts.store.stats().parkedParts === 0) return;
    this.#hasFiles = true;
    await this.#journal.append(batch);
    if (++this.#inThisFile < this.#generation) return;
    this.#inThisFile = 0;
    const removeOld = this.#removeOld;
    this.#removeOld = this.#journal.startNext();
    await removeOld();
  }

  /**
   * Removes the files when everything has reached the store; to be called every second. What cannot be removed is told
   * again to the store by the next process, which counts it once.
   */
  async tidy(): Promise<void> {
    if (!this.#hasFiles || this.parts.store.stats().parkedParts > 0) return;
    const remove = this.#journal.startNext();
    const removeOld = this.#removeOld;
    this.#removeOld = async () => undefined;
    this.#inThisFile = 0;
    this.#hasFiles = false;
    try {
      await removeOld();
      await remove();
    } catch (error) {
      const reason = safeMessage(error);
      this.parts.log.warn({ event: 'traffic-manager.parked_not_removed', reason }, 'Files of parked counts stay');
    }
  }

  /** Tells what earlier processes had parked, oldest first. Call it before others are counted. */
  async replay(count: (batch: ReceivedBatch) => Promise<void>): Promise<void> {
    await this.#journal.replay(async (entry) => {
      if (!('publisher' in entry)) return;
      this.#hasFiles = true;
      await count(entry);
    });
  }

  async close(): Promise<void> {
    await this.tidy();
    await this.#journal.close();
  }
}
