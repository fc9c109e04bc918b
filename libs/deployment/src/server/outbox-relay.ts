import { randomUUID } from 'node:crypto';
import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import type { Database } from '@tollgate/database';
import { GroupSender, QuietLog, type ReceiverGroup, type Transport } from '@tollgate/event-hub';
import { Lease } from './lease.js';
import { OutboxReader } from './outbox-reader.js';
import type { RecordWriter } from './record-writer.js';
import { RelayTarget } from './relay-target.js';

const leaseName = 'outbox-relay';
const trimEveryMs = 60_000;

export interface OutboxRelayOptions {
  readonly db: Database;
  readonly records: RecordWriter;
  /** `topologyOf(…).hubTargets` */
  readonly targets: readonly ReceiverGroup[];
  readonly transportOf: (url: string) => Transport;
  readonly log: Logger;
  readonly clock: Clock;
  /** How often the outbox is looked at when nobody pokes; default 100. */
  readonly pollMs?: number;
  /** A relay that does not renew for this long is taken over from; default 2,500. */
  readonly leaseMs?: number;
  /** Changes are kept at least this long; default 24 h. */
  readonly keepMs?: number;
  /** And at least so many of them; default 10,000. */
  readonly keepRows?: number;
}

export interface RelayStatus {
  /** This process relays at present. */
  readonly relaying: boolean;
  readonly relayedSeq: number;
  readonly targets: readonly {
    readonly addresses: string;
    readonly away: boolean;
    readonly seq: number;
    readonly skipped: number;
  }[];
  readonly lastError: string;
}

/**
 * Carries the outbox to the brokers, in order, with confirms. Of all processes one relays at a time. It marks after it
 * has sent, so a crash in between sends some changes again and loses none.
 */
export class OutboxRelay {
  readonly #options: Required<OutboxRelayOptions>;
  readonly #outbox: OutboxReader;
  readonly #targets: readonly RelayTarget[];
  readonly #lease: Lease;
  readonly #quiet: QuietLog;
  #relaying = false;
  #marked = 0;
  #renewedAtMs = 0;
  #trimmedAtMs = Number.NEGATIVE_INFINITY;
  #lastError = '';
  #stopped = false;
  #poked = false;
  #wake: () => void = () => undefined;
  #loop: Promise<void> | null = null;

  constructor(options: OutboxRelayOptions) {
    this.#options = { pollMs: 100, leaseMs: 2_500, keepMs: 24 * 3_600_000, keepRows: 10_000, ...options };
    const { db, targets, transportOf, clock, log, leaseMs } = this.#options;
    this.#outbox = new OutboxReader(db);
    this.#targets = targets.map((group) => {
      const sender = new GroupSender(group, transportOf, { clock, needsConsumer: false });
      return new RelayTarget(sender, this.#outbox, clock, log);
    });
    const elapsedMs = (): number => performance.now();
    this.#lease = new Lease({ db, name: leaseName, holder: randomUUID(), expiresAfterMs: leaseMs, elapsedMs });
    this.#quiet = new QuietLog(log, clock);
    options.records.onCommitted(() => this.poke());
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** There is something new. */
  poke(): void {
    this.#poked = true;
    this.#wake();
  }

  status(): RelayStatus {
    const targets = this.#targets.map(({ addresses, away, cursor, skipped }) => ({
      addresses,
      away: this.#relaying && away, // who does not relay has not looked since
      seq: cursor,
      skipped,
    }));
    return { relaying: this.#relaying, relayedSeq: this.#relayedSeq(), targets, lastError: this.#lastError };
  }

  /** Finishes what is being sent and hands the lease to whoever comes. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#turn();
        this.#lastError = '';
      } catch (error) {
        this.#lastError = safeMessage(error);
        this.#quiet.warn('turn', { event: 'hub.relay_failed' }, error, 'The outbox cannot be relayed; trying again');
      }
      await this.#pause();
    }
    await this.#giveUp();
  }

  async #turn(): Promise<void> {
    this.#poked = false; // also where another process relays: one that kept it would never pause again
    if (!this.#relaying) await this.#tryToBecomeRelay();
    if (!this.#relaying) return;
    await this.#pumpAll();
    const now = performance.now();
    // A send that hangs on one target must not cost the lease: pumpAll waits no longer than a renewal may wait.
    if (this.#relayedSeq() !== this.#marked || now - this.#renewedAtMs > this.#options.leaseMs / 3) await this.#mark();
    if (this.#relaying && now - this.#trimmedAtMs > trimEveryMs) await this.#trim();
  }

  async #tryToBecomeRelay(): Promise<void> {
    const from = await this.#lease.acquire();
    if (from === null) return;
    for (const target of this.#targets) target.startAt(from);
    this.#relaying = true;
    this.#marked = from;
    this.#renewedAtMs = performance.now();
    this.#options.log.info({ event: 'hub.relay_started', fromSeq: from }, 'This process relays the outbox');
  }

  /** Lets every target go on; returns when all are done, or in time to renew the lease. */
  async #pumpAll(): Promise<void> {
    const mayGoOn = (): boolean => this.#relaying && !this.#stopped;
    const all = Promise.all(this.#targets.map((target) => target.pump(mayGoOn)));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, this.#options.leaseMs / 5)));
    try {
      await Promise.race([all, late]);
    } finally {
      clearTimeout(timer);
    }
    all.catch((error: unknown) => (this.#lastError = safeMessage(error))); // if it fails after we stopped waiting
  }

  async #mark(): Promise<void> {
    const seq = this.#relayedSeq();
    if (await this.#lease.renew(seq)) {
      this.#marked = seq;
      this.#renewedAtMs = performance.now();
      return;
    }
    this.#relaying = false;
    this.#options.log.info({ event: 'hub.relay_lost' }, 'Another process relays the outbox');
  }

  /** What every live target has; a target that is away does not hold the mark back, its readers fetch what it misses. */
  #relayedSeq(): number {
    const live = this.#targets.filter((target) => !target.away);
    const cursors = (live.length > 0 ? live : this.#targets).map((target) => target.cursor);
    return cursors.length > 0 ? Math.max(this.#marked, Math.min(...cursors)) : this.#marked;
  }

  async #trim(): Promise<void> {
    this.#trimmedAtMs = performance.now();
    const { clock, keepMs, keepRows } = this.#options;
    const uptoSeq = Math.min(this.#marked, (await this.#outbox.newestSeq()) - keepRows);
    if (uptoSeq > 0) await this.#outbox.trim(clock.nowMs() - keepMs, uptoSeq);
  }

  async #giveUp(): Promise<void> {
    if (!this.#relaying) return;
    try {
      const seq = this.#relayedSeq();
      this.#relaying = false;
      await this.#lease.release(seq);
    } catch (error) {
      this.#quiet.warn(
        'release',
        { event: 'hub.relay_release_failed' },
        error,
        'The lease could not be given up; it expires',
      );
    }
  }

  #pause(): Promise<void> {
    if (this.#poked || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.pollMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
