import { createLogger } from '@tollgate/base';
import type { GroupStatus, TransportStatus } from '@tollgate/event-hub';
import type { Cluster } from '@tollgate/throttling/domain';
import { expect, it } from 'vitest';
import { ClusterWatch } from './cluster-watch.js';

type Endpoint = GroupStatus['endpoints'][number];
const live: Endpoint = { address: 'a', state: 'live', lastError: '' };
const failing: Endpoint = { ...live, lastError: 'no consumer' };
const away: Endpoint = { ...live, state: 'away', lastError: 'ECONNREFUSED' };

function watch() {
  const told: Cluster[] = [];
  const seen = { groups: [] as GroupStatus[], connected: true };
  const group = (queued: number, ...endpoints: Endpoint[]): GroupStatus => {
    return { mode: 'loadbalance', sent: 0, retried: 0, dropped: 0, queued, endpoints };
  };
  const brokers = () => [{ address: 'a', connected: seen.connected, lastError: '' } as unknown as TransportStatus];
  const watching = new ClusterWatch({
    requestEvents: () => seen.groups,
    decisions: brokers,
    apply: (cluster) => told.push(cluster),
    log: createLogger({ level: 'silent', node: 'spec' }),
  });
  const lookTwice = () => {
    watching.look();
    watching.look();
    return watching.isReached;
  };
  return { watching, told, seen, group, lookTwice };
}

it('is reached while one endpoint of one group takes events and one broker tells decisions', () => {
  const { seen, group, lookTwice } = watch();
  const isReachedWith = (...groups: GroupStatus[]) => {
    seen.groups = groups;
    return lookTwice();
  };
  expect(isReachedWith()).toBe(true);
  expect(isReachedWith(group(0, live))).toBe(true);
  expect(isReachedWith(group(5, live))).toBe(true);
  expect(isReachedWith(group(0, failing))).toBe(true); // nothing waits: it may be back
  expect(isReachedWith(group(1, failing))).toBe(false);
  expect(isReachedWith(group(1, failing, live))).toBe(true);
  expect(isReachedWith(group(0, away))).toBe(false);
  expect(isReachedWith(group(0, away), group(0, live))).toBe(true);
  expect(isReachedWith(group(0, { ...live, state: 'backing-off' }))).toBe(false);
  seen.connected = false;
  expect(isReachedWith(group(0, live))).toBe(false);
});

it('V-63 is away from the second look on, back at the first, and keeps the number of gateways', () => {
  const { watching, told, seen, group } = watch();
  watching.setLiveGateways(3);
  seen.groups = [group(0, away)];
  watching.look();
  expect(watching.isReached).toBe(true);
  watching.look();
  expect(watching.isReached).toBe(false);
  watching.setLiveGateways(2);
  watching.setLiveGateways(0); // nonsense changes nothing
  seen.groups = [group(0, live)];
  watching.look();
  expect(told).toEqual([
    { isReached: true, liveGateways: 3 },
    { isReached: false, liveGateways: 3 },
    { isReached: false, liveGateways: 2 },
    { isReached: true, liveGateways: 2 },
  ]);
});
