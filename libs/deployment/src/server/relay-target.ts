import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import { MessageTooLargeError, QuietLog, TransportUnavailableError, type GroupSender } from '@tollgate/event-hub';
import type { OutboxReader, OutboxMessage } from './outbox-reader.js';

const mostPerRead = 200;
/** Further behind than this, a target that was away goes on with the newest: its readers fetch the rest over HTTP anyway. */
const mostBehind = 10_000;

/** One place to which changes are relayed, with its own position. One that is away holds up no other. */
export class RelayTarget {
  #cursor = 0;
  #away = false;
  #retryAtMs = 0;
  #running: Promise<void> | null = null;
  #skipped = 0;
  readonly #quiet: QuietLog;

  constructor(
    private readonly sender: GroupSender,
    private readonly outbox: OutboxReader,
    private readonly clock: Clock,
    log: Logger,
  ) {
    this.#quiet = new QuietLog(log, clock);
  }

  get cursor(): number {
    return this.#cursor;
  }

  get away(): boolean {
    return this.#away;
  }

  get addresses(): string {
    return this.sender
      .status()
      .map((endpoint) => endpoint.address)
      .join(' ');
  }

  /** Changes that this target never gets from the relay; its readers notice the gap and fetch them. */
  get skipped(): number {
    return this.#skipped;
  }

  startAt(seq: number): void {
    this.#cursor = seq;
    this.#away = false; // known from an earlier time of relaying, if at all
    this.#retryAtMs = 0;
  }

  /** Sends what is in the outbox after the cursor, until nothing is left or the target is away. Never rejects for the target's sake. */
  pump(mayGoOn: () => boolean): Promise<void> {
    if (this.#away && this.clock.nowMs() < this.#retryAtMs) return Promise.resolve();
    this.#running ??= this.#run(mayGoOn).finally(() => (this.#running = null));
    return this.#running;
  }

  async #run(mayGoOn: () => boolean): Promise<void> {
    while (mayGoOn()) {
      if (this.#away) await this.#leaveOutWhatIsTooOld();
      const messages = await this.outbox.after(this.#cursor, mostPerRead);
      if (messages.length === 0) return;
      for (const run of runsOfOneTopic(messages)) if (!mayGoOn() || !(await this.#send(run))) return;
    }
  }

  /** @returns whether to go on */
  async #send(run: readonly OutboxMessage[]): Promise<boolean> {
    const [first] = run;
    const last = run.at(-1);
    if (!first || !last) return true;
    try {
      await this.sender.send(
        first.topic,
        run.map(({ message }) => message),
      );
    } catch (error) {
      if (error instanceof TransportUnavailableError) return this.#isAway(error);
      if (!(error instanceof MessageTooLargeError)) throw error;
      if (run.length > 1) return this.#sendOneByOne(run);
      this.#skipped++;
      this.#quiet.warn(
        'large',
        { event: 'hub.change_too_large', seq: first.message.seq },
        error,
        'A change is too large for the hub; readers fetch it',
      );
    }
    this.#away = false;
    this.#cursor = last.message.seq;
    return true;
  }

  async #sendOneByOne(run: readonly OutboxMessage[]): Promise<boolean> {
    for (const one of run) if (!(await this.#send([one]))) return false;
    return true;
  }

  #isAway(error: Error): false {
    this.#away = true;
    this.#retryAtMs = this.clock.nowMs() + this.sender.retryInMs();
    const fields = { event: 'hub.relay_target_away', target: this.addresses };
    this.#quiet.warn('away', fields, safeMessage(error), 'A broker takes no changes; they wait in the outbox');
    return false;
  }

  async #leaveOutWhatIsTooOld(): Promise<void> {
    const newest = await this.outbox.newestSeq();
    if (newest - this.#cursor <= mostBehind) return;
    this.#skipped += newest - this.#cursor;
    this.#cursor = newest;
  }
}

function runsOfOneTopic(messages: readonly OutboxMessage[]): OutboxMessage[][] {
  const runs: OutboxMessage[][] = [];
  for (const message of messages) {
    const open = runs.at(-1);
    if (open?.[0]?.topic === message.topic) open.push(message);
    else runs.push([message]);
  }
  return runs;
}
