import { safeMessage, type Clock, type Logger } from '@tollgate/base';

const everyMs = 60_000;

/** Logs a repeating trouble at most once a minute per key, with the number of repetitions left out meanwhile. */
export class QuietLog {
  readonly #seen = new Map<string, { atMs: number; leftOut: number }>();

  constructor(
    private readonly log: Logger,
    private readonly clock: Clock,
  ) {}

  /** @param key what the limit counts by: event and target */
  warn(key: string, fields: { event: string } & Record<string, unknown>, error: unknown, text: string): void {
    const now = this.clock.nowMs();
    const last = this.#seen.get(key);
    if (last && now - last.atMs < everyMs) {
      last.leftOut++;
      return;
    }
    this.#seen.set(key, { atMs: now, leftOut: 0 });
    this.log.warn({ ...fields, reason: safeMessage(error), leftOut: last?.leftOut ?? 0 }, text);
  }
}
