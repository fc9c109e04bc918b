import { Agent, request } from 'undici';

export interface LoadResult {
  readonly sent: number;
  /** Status to count. Requests without an answer count under their error. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly slowestMs: number;
}

export interface SteadyLoadOptions {
  /** Taken in turn. */
  readonly urls: readonly string[];
  readonly token: string;
  readonly perSecond: number;
}

const tickMs = 5;
const timeoutMs = 10_000;

/** Open-loop load: requests leave at their time, whatever becomes of earlier ones. */
export class SteadyLoad {
  readonly #agent = new Agent({ connect: { rejectUnauthorized: false }, pipelining: 1 });
  readonly #outcomes = new Map<string, number>();
  readonly #inFlight = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #stopping: Promise<LoadResult> | null = null;
  #startedMs = 0;
  #sent = 0;
  #slowestMs = 0;

  constructor(private readonly options: SteadyLoadOptions) {}

  start(): void {
    this.#startedMs = performance.now();
    this.#timer = setInterval(() => this.#sendDue(), tickMs);
  }

  /** Requests admitted so far. */
  get admitted(): number {
    return this.#outcomes.get('200') ?? 0;
  }

  /** Ends the load and waits for the answers that are due. Asked again, gives the same result. */
  stop(): Promise<LoadResult> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<LoadResult> {
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all(this.#inFlight);
    await this.#agent.close();
    return { sent: this.#sent, outcomes: this.#outcomes, slowestMs: this.#slowestMs };
  }

  #sendDue(): void {
    const due = Math.floor(((performance.now() - this.#startedMs) / 1000) * this.options.perSecond);
    while (this.#sent < due) {
      const url = this.options.urls[this.#sent++ % this.options.urls.length] ?? '';
      const one = this.#send(url);
      this.#inFlight.add(one);
      void one.finally(() => this.#inFlight.delete(one));
    }
  }

  async #send(url: string): Promise<void> {
    const startedMs = performance.now();
    const outcome = await this.#outcomeOf(url);
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - startedMs);
  }

  async #outcomeOf(url: string): Promise<string> {
    try {
      const headers = { authorization: `Bearer ${this.options.token}` };
      const times = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
      const { statusCode, body } = await request(url, { dispatcher: this.#agent, headers, ...times });
      await body.dump();
      return String(statusCode);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
