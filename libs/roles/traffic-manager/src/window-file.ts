import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import type { CountedLease, OpenWindows } from '@tollgate/throttling/counters';
import { noRuleStates, ruleStatesSchema, type ReceivedBatch } from '@tollgate/throttling/traffic-manager';
import { z } from 'zod';
import { BatchJournal } from './batch-journal.js';
import type { Counting } from './counting-state.js';
import { counterSchema, publisherSchema } from './window-messages.js';

/** Writing happens between requests of the same process, so it is kept short; long windows go first. */
const mostCounters = 50_000;

const fileSchema = z.object({
  counters: z.array(counterSchema),
  seen: z.object({ publishers: z.array(publisherSchema) }),
  rules: ruleStatesSchema.default(noRuleStates),
});

/**
 * Keeps what was counted over a restart, so that no quota is given again: all of it now and then, and in between every
 * batch, before the broker hears that it was taken. So a process that is killed has lost nothing.
 */
export class WindowFile {
  readonly #file: string;
  readonly #journal: BatchJournal;
  #saved = '';
  #saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly dir: string,
    private readonly parts: { counting: Counting; clock: Clock; log: Logger },
  ) {
    this.#file = join(dir, 'windows.json');
    this.#journal = new BatchJournal(dir, parts.log);
  }

  /** Tells the batches that came after the last save, each once or more, and counts leases. Call it before others are counted. */
  replay(count: (batch: ReceivedBatch) => Promise<void>): Promise<void> {
    return this.#journal.replay(async (entry) => {
      if ('increment' in entry) this.parts.counting.store.addNow(entry.part, [entry.increment]);
      else await count(entry);
    });
  }

  /** Call it when the batch or the lease was counted. */
  append(entry: ReceivedBatch | CountedLease): Promise<void> {
    return this.#journal.append(entry);
  }

  async close(): Promise<void> {
    await this.#saving;
    await this.#journal.close();
  }

  /**
   * Call it before anything is counted. A file that cannot be used is left out, with a warning.
   * @returns whether there was one
   */
  async load(): Promise<boolean> {
    const { counting, clock, log } = this.parts;
    try {
      const { seen, rules, ...windows } = fileSchema.parse(JSON.parse(await readFile(this.#file, 'utf8')));
      const counters = windows.counters.filter((counter) => counter.windowEndMs > clock.nowMs());
      counting.load({ windows: { seen, counters }, rules });
      log.info({ event: 'traffic-manager.windows_loaded', counters: counters.length }, 'Open windows loaded from disk');
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      log.warn(
        { event: 'traffic-manager.windows_unreadable', reason: safeMessage(error) },
        'Counting starts from zero',
      );
      return false;
    }
  }

  /** Writes the open windows if they changed. One save at a time; a failure is logged and tried again with the next. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#saveNow());
    return this.#saving;
  }

  async #saveNow(): Promise<void> {
    const { counting, clock, log } = this.parts;
    const endJournals = this.#journal.startNext(); // in the same breath as the look at the counts
    const { windows, rules } = counting.save();
    const text = JSON.stringify({ ...worthKeeping(windows, clock.nowMs()), rules });
    if (text === this.#saved) return endJournals();
    try {
      await mkdir(this.dir, { recursive: true, mode: 0o700 });
      await writeFile(`${this.#file}.new`, text, { mode: 0o600 });
      await rename(`${this.#file}.new`, this.#file);
      this.#saved = text;
      await endJournals();
    } catch (error) {
      const reason = safeMessage(error);
      log.warn({ event: 'traffic-manager.windows_not_saved', reason }, 'A restart now would forget the open windows');
    }
  }
}

function worthKeeping({ counters, seen }: OpenWindows, nowMs: number): OpenWindows {
  const open = counters.filter((counter) => counter.windowEndMs > nowMs);
  if (open.length <= mostCounters) return { counters: open, seen };
  const longestFirst = open.toSorted((a, b) => b.windowEndMs - b.windowStartMs - (a.windowEndMs - a.windowStartMs));
  return { counters: longestFirst.slice(0, mostCounters), seen };
}
