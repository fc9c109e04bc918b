import { safeMessage, type Logger } from '@tollgate/base';

/** Calls one function again and again: at intervals and when woken, never twice at a time. A throw is logged and the next call comes. */
export class Pump {
  private timer: NodeJS.Timeout | null = null;
  private active: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly options: { readonly intervalMs: number; readonly log: Logger; readonly event: string },
  ) {}

  start(): void {
    this.timer ??= setInterval(() => this.wake(), this.options.intervalMs);
    this.wake();
  }

  /** Has no effect before `start` and after `stop`. */
  wake(): void {
    if (!this.timer) return;
    this.again = true;
    this.active ??= this.run();
  }

  private async run(): Promise<void> {
    while (this.again && this.timer) {
      this.again = false;
      try {
        await this.work();
      } catch (error) {
        this.options.log.warn(
          { event: this.options.event, reason: safeMessage(error) },
          'Jobs cannot be reached; trying again',
        );
      }
    }
    this.active = null;
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.active;
  }
}
