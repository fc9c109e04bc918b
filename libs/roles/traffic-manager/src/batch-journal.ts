import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { safeMessage, type Logger } from '@tollgate/base';
import { requestBatchSchema } from '@tollgate/throttling/contract';
import type { CountedLease } from '@tollgate/throttling/counters';
import type { ReceivedBatch } from '@tollgate/throttling/traffic-manager';
import { z } from 'zod';

const namePattern = /^batches\.(\d+)\.jsonl$/;
const batchLine = z.object({ publisher: z.string(), seq: z.number().int(), data: requestBatchSchema });
const leaseLine = z.object({
  part: z.object({ publisher: z.string(), seq: z.number().int(), part: z.number().int() }),
  increment: z.object({
    key: z.string(),
    windowStartMs: z.number().int(),
    windowEndMs: z.number().int(),
    /** Below 0 when permits came back. */
    by: z.number().int(),
  }),
});
const lineSchema = z.union([batchLine, leaseLine]);

/** Batches and leases that were counted since the windows were last saved, one a line. A new file begins with every save. */
export class BatchJournal {
  #number = Date.now(); // above the numbers of earlier processes
  #opened: Promise<FileHandle> | null = null;
  #failed = false;

  constructor(
    private readonly dir: string,
    private readonly log: Logger,
  ) {}

  /** Resolves when the entry is with the operating system. A failure is logged once a file: counting goes on. */
  async append(entry: ReceivedBatch | CountedLease): Promise<void> {
    try {
      this.#opened ??= this.#open();
      const file = await this.#opened;
      await file.appendFile(`${JSON.stringify(entry)}\n`);
    } catch (error) {
      if (!this.#failed) this.#warn('traffic-manager.journal_not_written', error, 'A kill now would forget counts');
      this.#failed = true;
    }
  }

  /**
   * The next batch begins a new file.
   * @returns removes the files before it, to be called when what they hold is saved elsewhere
   */
  startNext(): () => Promise<void> {
    const ended = this.#opened;
    this.#opened = null;
    this.#failed = false;
    const next = ++this.#number;
    return async () => {
      await closeOpened(ended);
      for (const { number, path } of await this.#files()) if (number < next) await rm(path, { force: true });
    };
  }

  /** Batches and leases of earlier processes, oldest file first; a line that was cut short by the kill ends its file. */
  async replay(count: (entry: ReceivedBatch | CountedLease) => Promise<void>): Promise<void> {
    let batches = 0;
    for (const { path } of await this.#files()) {
      try {
        for (const line of (await readFile(path, 'utf8')).split('\n').slice(0, -1)) {
          await count(lineSchema.parse(JSON.parse(line)));
          batches++;
        }
      } catch (error) {
        this.#warn('traffic-manager.journal_unreadable', error, 'Some counts before the restart are not known');
      }
    }
    if (batches > 0) this.log.info({ event: 'traffic-manager.journal_replayed', batches }, 'Batches counted from disk');
  }

  async close(): Promise<void> {
    await closeOpened(this.#opened);
    this.#opened = null;
  }

  async #open(): Promise<FileHandle> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    return open(join(this.dir, `batches.${this.#number}.jsonl`), 'a', 0o600);
  }

  async #files(): Promise<{ number: number; path: string }[]> {
    const names = await readdir(this.dir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names
      .flatMap((name) => {
        const number = Number(namePattern.exec(name)?.[1]);
        return Number.isNaN(number) ? [] : [{ number, path: join(this.dir, name) }];
      })
      .toSorted((a, b) => a.number - b.number);
  }

  #warn(event: string, error: unknown, text: string): void {
    this.log.warn({ event, reason: safeMessage(error) }, text);
  }
}

/** A file that could not be opened was reported when it was written to. */
async function closeOpened(opened: Promise<FileHandle> | null): Promise<void> {
  const file = await opened?.catch(() => null);
  await file?.close();
}
