import { randomUUID } from 'node:crypto';
import { createLogger } from '@tollgate/base';
import { createTransports, type HubMessage } from '@tollgate/event-hub';
import { decisionsSchema, type Decision } from '@tollgate/throttling/contract';
import type { Managers } from './installation.js';

/** What traffic managers tell gateways, heard at every broker. */
export class DecisionLog {
  readonly #heard: { readonly manager: string; readonly decision: Decision }[] = [];

  private constructor(private readonly closeAll: () => Promise<void>) {}

  static async listen({ brokers, exchangePrefix: prefix, credentials }: Managers): Promise<DecisionLog> {
    const log = createLogger({ level: 'silent', node: 'decision-log' });
    const transports = createTransports({ prefix, credentials, log });
    const decisionLog = new DecisionLog(() => transports.closeAll());
    const onMessage = (message: HubMessage): void => decisionLog.#take(message);
    for (const broker of brokers) {
      const subscribe = { subscriber: randomUUID(), topics: ['throttleData'] as const, keepForMs: 0, onMessage };
      await transports.get(`tcp://${broker}`).subscribe(subscribe);
    }
    return decisionLog;
  }

  clear(): void {
    this.#heard.length = 0;
  }

  /** By manager and level the highest count that was told. */
  highest(): Record<string, Record<string, number>> {
    const highest: Record<string, Record<string, number>> = {};
    for (const { manager, decision } of this.#heard) {
      const levels = (highest[manager] ??= {});
      levels[decision.level] = Math.max(levels[decision.level] ?? 0, decision.count);
    }
    return highest;
  }

  close(): Promise<void> {
    return this.closeAll();
  }

  #take({ type, publisher: manager, data }: HubMessage): void {
    if (type !== 'THROTTLE_DECISIONS') return;
    for (const decision of decisionsSchema.parse(data).decisions) this.#heard.push({ manager, decision });
  }
}
