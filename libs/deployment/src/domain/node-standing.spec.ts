import { describe, expect, it } from 'vitest';
import { nodeReportSchema } from '../contract/index.js';
import { problemsOfNode, stateOfNode, versionIsLive, type NodeStanding } from './index.js';

const report = nodeReportSchema.parse({
  nodeId: 'gw-1',
  role: 'gateway',
  startedAt: 1,
  seq: 7,
  digest: 'd'.repeat(32),
  stale: false,
  links: [{ purpose: 'decisions', address: 'amqp://tm-1:5672', state: 'live' }],
});
const well: NodeStanding = { report, lag: 0, drifted: false, silent: false };
const queue = {
  purpose: 'request-events',
  to: 'amqp://tm-1:5672',
  waiting: 1,
  sent: 5,
  retried: 0,
  dropped: 3,
} as const;
const away = {
  purpose: 'decisions',
  address: 'amqp://tm-1:5672',
  state: 'away',
  lastError: 'refused',
  backlog: null,
} as const;

describe('the state of a node', () => {
  it.each([
    ['ok', {}],
    ['silent', { silent: true, drifted: true }],
    ['drifted', { drifted: true, report: { ...report, stale: true } }],
    ['stale', { report: { ...report, stale: true }, lag: 1_000 }],
    ['lagging', { lag: 51 }],
    ['ok', { lag: 50 }],
    ['degraded', { report: { ...report, links: [away] } }],
    ['degraded', { report: { ...report, queues: [queue] } }],
    ['degraded', { report: { ...report, deadLettered: 1 } }],
  ] as const)('is %s with %o', (state, change) => {
    expect(stateOfNode({ ...well, ...change })).toBe(state);
  });

  it('names every problem, not only the worst', () => {
    const broken = {
      ...report,
      stale: true,
      links: [away],
      queues: [queue],
      rejected: ['throttle-policy p'],
      counts: { shedBatches: 7 },
    };
    expect(problemsOfNode({ report: broken, lag: 60, drifted: true, silent: false })).toEqual([
      'Its records differ from the control plane at the same sequence number; it reloads them.',
      'It has not heard from the control plane: check [apim.event_hub] service_url.',
      'It is 60 changes behind.',
      'amqp://tm-1:5672 (decisions) is away: refused',
      '3 events for amqp://tm-1:5672 (request-events) were dropped.',
      expect.stringContaining('7 batches of request events were given up'),
      'The record throttle-policy p could not be put to use.',
    ]);
  });
});

describe('the version of a policy', () => {
  const policy = { kind: 'throttle-policy', id: 'p', seq: 7 };
  it('is live on a node that has gone past its last change', () => {
    expect(versionIsLive(policy, well)).toBe(true);
    expect(versionIsLive({ ...policy, seq: 8 }, well)).toBe(false);
  });
  it('is not live on a node that refused it, or that is silent', () => {
    expect(versionIsLive(policy, { ...well, report: { ...report, rejected: ['throttle-policy p'] } })).toBe(false);
    expect(versionIsLive(policy, { ...well, silent: true })).toBe(false);
  });
});
