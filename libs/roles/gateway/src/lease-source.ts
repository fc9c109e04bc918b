import type { Logger } from '@tollgate/base';
import { counterKeyPrefix, counterStoreServers, leaseSource, type TollgateConfig } from '@tollgate/config';
import type { NodeLink } from '@tollgate/deployment/contract';
import { addressOfServers, RedisCounterStore } from '@tollgate/throttling/counters';
import type { QuotaLessor } from '@tollgate/throttling/domain';

/** Waited for by requests near a limit; longer than a pause of a busy process, so that no pause looks like an outage. */
const answerWithinMs = 300;

/** Where this gateway leases the quotas of strict policies. */
export interface LeaseSource {
  /** `null`: nobody can decide for all gateways. */
  readonly lessor: QuotaLessor | null;
  /** How the store is connected; nothing where there is none. */
  link(isAway: boolean): readonly NodeLink[];
  close(): Promise<void>;
}

/** @param local what a traffic manager in this process provides */
export function openLeaseSource(config: TollgateConfig, local: QuotaLessor | null, log: Logger): LeaseSource {
  const servers = counterStoreServers(config);
  if (servers === undefined) {
    const lessor = leaseSource(config) === 'process' ? local : null;
    return { lessor, link: () => [], close: () => Promise.resolve() };
  }
  const keyPrefix = counterKeyPrefix(config);
  const store = new RedisCounterStore({ servers, keyPrefix, commandTimeoutMs: answerWithinMs, log });
  const address = addressOfServers(servers);
  return {
    lessor: store,
    link: (isAway) => {
      const lastError = isAway
        ? 'the counter store does not answer; strict policies do what their degraded mode says'
        : '';
      return [{ purpose: 'counters', address, state: isAway ? 'away' : 'live', lastError, backlog: null }];
    },
    close: () => store.close(),
  };
}
