import type { GroupStatus, Transport } from '@tollgate/event-hub';
import type { NodeLink, NodeQueue } from '../contract/index.js';

type Purpose = NodeLink['purpose'];

/** A node's connections to brokers as it reports them. */
export function linksOf(purpose: Purpose, transports: readonly Transport[]): NodeLink[] {
  return transports.map((transport) => {
    const { address, connected, lastError } = transport.status();
    return {
      purpose,
      address,
      state: connected ? 'live' : 'away',
      lastError: connected ? '' : lastError,
      backlog: null,
    };
  });
}

/** The receiver groups of a publisher: their queues, and a connection for each endpoint. */
export function queuesOf(purpose: Purpose, groups: readonly GroupStatus[]): { queues: NodeQueue[]; links: NodeLink[] } {
  const queues = groups.map(({ endpoints, queued, sent, retried, dropped }) => {
    return { purpose, to: endpoints.map(({ address }) => address).join(' '), waiting: queued, sent, retried, dropped };
  });
  const links = groups.flatMap(({ endpoints }) =>
    endpoints.map(({ address, state, lastError }) => {
      return { purpose, address, state, lastError: state === 'live' ? '' : lastError, backlog: null };
    }),
  );
  return { queues, links };
}
