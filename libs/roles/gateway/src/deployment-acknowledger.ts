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
  /** The last word about each API that is deployed here. */
  readonly #standing = new Map<string, DeploymentAcknowledgement>();
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
    const lines = outcomes.map((outcome) => ({ gatewayId: this.gatewayId, ...outcome }));
    for (const line of lines) {
      if (line.action === 'UNDEPLOY' && line.deploymentStatus === 'SUCCESS') this.#standing.delete(line.apiId);
      else this.#standing.set(line.apiId, line);
    }
    this.#pending.push(...lines);
    if (this.#pending.length > mostKept) this.#pending.splice(0, this.#pending.length - mostKept);
    void this.flush();
  }

  /** The control plane has taken the registration: what is pending may go. Never rejects. */
  registered(): Promise<void> {
    this.#isRegistered = true;
    return this.flush();
  }

  /** The control plane has given the gateway up meanwhile and forgotten what it said: all that stands is said again. */
  sayAgain(): void {
    const pending = this.#pending.filter(({ apiId }) => !this.#standing.has(apiId));
    this.#pending = [...pending, ...this.#standing.values()];
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
