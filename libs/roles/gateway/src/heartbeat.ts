import { safeMessage, type Logger } from '@tollgate/base';
import type { GatewayNotification } from '@tollgate/deployment/contract';

/** A control plane that comes back hears from its gateways this soon. */
const retryMs = 1_000;

/** What a gateway says about itself, apart from the kind of message. */
export type GatewayNews = Omit<GatewayNotification, 'payloadType'>;

/** Registers the gateway and tells regularly that it lives and what it serves. */
export class Heartbeat {
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  #isRegistered = false;
  #failed = false;

  constructor(
    private readonly send: (notification: GatewayNotification) => Promise<void>,
    private readonly news: () => GatewayNews,
    private readonly log: Logger,
  ) {}

  start(everyMs: number): void {
    const next = (): void => {
      if (this.#isStopped) return;
      this.#timer = setTimeout(() => void this.beat().then(next), this.#failed ? Math.min(retryMs, everyMs) : everyMs);
    };
    void this.beat().then(next);
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Never rejects: a control plane that is away hears from us when it is back. */
  async beat(): Promise<void> {
    try {
      await this.send({ payloadType: this.#isRegistered ? 'HEARTBEAT' : 'REGISTER', ...this.news() });
      this.#isRegistered = true;
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) {
        this.log.warn(
          { event: 'gateway.heartbeat.failed', reason: safeMessage(error) },
          'The control plane does not hear from this gateway; trying again',
        );
      }
      this.#failed = true;
    }
  }
}
