import { safeMessage, type Logger } from '@tollgate/base';
import type { NodeReport } from '../contract/index.js';

const usualMs = 5_000;
/** A control plane that comes back hears from its nodes this soon. */
const retryMs = 1_000;
/** Changes come in bursts; so soon after one the control plane knows what is live. */
const soonMs = 300;
/** So often it is seen whether a change was taken over. */
const watchMs = 200;

export interface NodeReporterOptions {
  readonly send: (report: NodeReport) => Promise<void>;
  readonly report: () => NodeReport | Promise<NodeReport>;
  /** Sequence number that is live here: when it moves, the control plane hears soon. */
  readonly seqOf?: () => number;
  readonly log: Logger;
  /** Default 5,000. */
  readonly everyMs?: number;
}

/** Tells the control plane regularly, and soon after a change, how this node stands. */
export class NodeReporter {
  #timer: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #running: Promise<void> | null = null;
  /** What is being told may be out of date already. */
  #again = false;
  #failed = false;
  #stopped = false;

  constructor(private readonly options: NodeReporterOptions) {}

  start(): void {
    this.#dueIn(0);
    const { seqOf } = this.options;
    if (!seqOf) return;
    let known = seqOf();
    this.#watch = setInterval(() => {
      if (seqOf() !== known) this.soon();
      known = seqOf();
    }, watchMs);
  }

  /** Something changed that the control plane shows. */
  soon(): void {
    if (!this.#failed) this.#dueIn(soonMs);
  }

  /** Says goodbye, so that a wanted stop does not look like a failure. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#watch) clearInterval(this.#watch);
    await this.#running;
    if (!this.#failed) await this.#tell(true);
  }

  #dueIn(ms: number): void {
    const atMs = performance.now() + ms;
    if (this.#stopped || atMs >= this.#dueAtMs) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#dueAtMs = atMs;
    this.#timer = setTimeout(() => this.#run(), ms);
  }

  #run(): void {
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    if (this.#running) this.#again = true;
    this.#running ??= this.#tell(false).finally(() => {
      const { everyMs = usualMs } = this.options;
      this.#running = null;
      this.#dueIn(this.#failed ? Math.min(retryMs, everyMs) : this.#again ? soonMs : everyMs);
      this.#again = false;
    });
  }

  async #tell(leaving: boolean): Promise<void> {
    try {
      await this.options.send({ ...(await this.options.report()), leaving });
      this.#failed = false;
    } catch (error) {
      const fields = { event: 'node.report_failed', reason: safeMessage(error) };
      if (!this.#failed) this.options.log.warn(fields, 'The control plane does not hear from this node; trying again');
      this.#failed = true;
    }
  }
}
