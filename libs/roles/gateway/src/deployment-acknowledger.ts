import { safeMessage, type Logger } from '@tollgate/base';
import type { DeploymentAcknowledgement } from '@tollgate/deployment/contract';
import type { DeploymentOutcome } from '@tollgate/gateway';

const perRequest = 100;
/** Beyond this the oldest are given up: the control plane was away for very long, and newer ones say more. */
const mostKept = 50_000;

/**
 * Tells the control plane what became of deployments: soon, in batches, and again until it has heard it. Not before the
 * gateway is registered, because registering drops what a gateway said before.
 */
export class DeploymentAcknowledger {
  #pending: DeploymentAcknowledgement[] = [];
  #isRegistered = false;
  #sending: Promise<void> | null = null;
  #failed = false;

  constructor(
    private readonly gatewayId: string,
    private readonly send: (lines: readonly DeploymentAcknowledgement[]) => Promise<void>,
    private readonly log: Logger,
  ) {}

  add(outcomes: readonly DeploymentOutcome[]): void {
    if (outcomes.length === 0) return;
    this.#pending.push(...outcomes.map((outcome) => ({ gatewayId: this.gatewayId, ...outcome })));
    if (this.#pending.length > mostKept) this.#pending.splice(0, this.#pending.length - mostKept);
    void this.flush();
  }

  /** The control plane has taken the registration: what is pending may go. Never rejects. */
  registered(): Promise<void> {
    this.#isRegistered = true;
    return this.flush();
  }

  /** Sends what is pending; called after changes. Never rejects. */
  flush(): Promise<void> {
    if (!this.#isRegistered) return Promise.resolve();
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = null));
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#pending.length > 0) {
      const lines = this.#pending.slice(0, perRequest);
      try {
        await this.send(lines);
      } catch (error) {
        this.#warnOnce(error);
        return; // kept for the next heartbeat
      }
      this.#failed = false;
      this.#pending = this.#pending.filter((line) => !lines.includes(line));
    }
  }

  #warnOnce(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.log.warn(
      { event: 'gateway.acknowledgement.failed', pending: this.#pending.length, reason: safeMessage(error) },
      'Deployments cannot be acknowledged; trying again with every heartbeat',
    );
  }
}
