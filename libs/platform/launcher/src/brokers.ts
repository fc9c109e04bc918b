import { StartupError } from '@tollgate/base';
import type { Transports } from '@tollgate/event-hub';
import type { Role } from './role.js';

/** How long a process that cannot do anything without a broker waits for one at start. */
const waitMs = 10_000;

/**
 * Control planes and traffic managers need at least one of their brokers at start. A gateway does not: it serves from its
 * disk copy while everything else is away.
 * @throws StartupError naming the brokers that do not answer
 */
export async function requireBrokers(transports: Transports, roles: readonly Role[]): Promise<void> {
  if (roles.some((role) => role.name === 'gateway')) return;
  const end = performance.now() + waitMs;
  for (;;) {
    const brokers = transports
      .all()
      .map((transport) => transport.status())
      .filter((status) => status.address !== 'in-process');
    if (brokers.length === 0 || brokers.some((status) => status.connected)) return;
    if (performance.now() > end) {
      const list = brokers.map((status) => `${status.address} (${status.lastError || 'no answer'})`).join(', ');
      throw new StartupError([
        `No broker can be reached: ${list}. Check that it runs, and the endpoints, user and password in [apim.event_hub] and [apim.throttling].`,
      ]);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
