import type { FieldProblem } from '@tollgate/base';
import { z } from 'zod';
import type { BalancingRecord } from '../contract/index.js';

const ms = (least: number, most: number) => z.number().int().min(least).max(most);
const statuses = z.array(z.number().int().min(100).max(599)).max(50);
const times = z.number().int().min(1).max(100);

/** Our own parts of `endpointConfig`, beside those of the publisher contract. */
const extensions = z.object({
  loadBalancing: z
    .strictObject({
      algorithm: z.enum(['roundRobin', 'leastConnections', 'consistentHash']).default('roundRobin'),
      hashOn: z
        .string()
        .regex(
          /^(ip|(header|cookie|claim):[\x21-\x39\x3b-\x7e]{1,100})$/,
          'One of "ip", "header:NAME", "cookie:NAME", "claim:NAME".',
        )
        .default('ip'),
      slowStartMs: ms(0, 600_000).default(0),
    })
    .optional(),
  circuitBreaker: z
    .strictObject({
      connectionFailures: times.default(2),
      statusFailures: times.default(5),
      statuses: statuses.default([500, 502, 503, 504]),
      openMs: ms(1, 3_600_000).default(10_000),
      maxOpenMs: ms(1, 3_600_000).default(60_000),
      trialCalls: times.default(1),
    })
    .optional(),
  healthCheck: z
    .strictObject({
      type: z.enum(['http', 'tcp']).default('http'),
      path: z
        .string()
        .max(1024)
        .regex(/^\/[\x21-\x7e]*$/, 'A path that begins with "/".')
        .default('/'),
      timeoutMs: ms(1, 60_000).default(3_000),
      healthyIntervalMs: ms(100, 3_600_000).default(5_000),
      unhealthyIntervalMs: ms(100, 3_600_000).default(1_000),
      successes: times.default(2),
      httpFailures: times.default(3),
      tcpFailures: times.default(2),
      unhealthyStatuses: statuses.default([429, 404, 500, 501, 502, 503, 504, 505]),
    })
    .optional(),
});

const classes: Readonly<Record<string, BalancingRecord['order']>> = {
  'org.apache.synapse.endpoints.algorithms.RoundRobin': 'round_robin',
  'org.apache.synapse.endpoints.algorithms.WeightedRoundRobin': 'round_robin',
  'org.apache.synapse.endpoints.algorithms.LeastConnections': 'least_connections',
};
const orders = {
  roundRobin: 'round_robin',
  leastConnections: 'least_connections',
  consistentHash: 'consistent_hash',
} as const;
const defaultSessionSeconds = 600;

type Loose = Readonly<Record<string, unknown>>;

/**
 * Reads how calls are spread: `algoClassName` or `algoCombo`, `sessionManagement` and `sessionTimeOut` (milliseconds) of
 * the publisher contract, and our own `loadBalancing`, `circuitBreaker` and `healthCheck`.
 * @returns `null` for a single endpoint that asks for nothing
 */
export function readBalancing(config: Loose): { balancing: BalancingRecord | null; problems: FieldProblem[] } {
  const parsed = extensions.safeParse(config);
  const problems: FieldProblem[] = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    field: ['endpointConfig', ...path].join('.'),
    message,
  }));
  const { loadBalancing, circuitBreaker, healthCheck } = parsed.data ?? {};
  const type = config['endpoint_type'];
  const named = config['algoClassName'] ?? config['algoCombo'];
  let order: BalancingRecord['order'] = type === 'failover' ? 'failover' : 'round_robin';
  if (type === 'load_balance' && typeof named === 'string' && named !== '') {
    const known = classes[named];
    if (known === undefined)
      problems.push({ field: 'endpointConfig.algoClassName', message: `One of ${Object.keys(classes).join(', ')}.` });
    else order = known;
  }
  if (type === 'load_balance' && loadBalancing) order = orders[loadBalancing.algorithm];
  const stickiness = readStickiness(config, problems);
  const [source = 'ip', name = ''] = (loadBalancing?.hashOn ?? 'ip').split(':');
  const isPlain = type !== 'load_balance' && type !== 'failover' && !circuitBreaker && !healthCheck;
  if (isPlain) return { balancing: null, problems };
  const balancing: BalancingRecord = {
    order,
    hashOn:
      order === 'consistent_hash'
        ? { source: source as 'ip', name: source === 'header' ? name.toLowerCase() : name }
        : null,
    stickiness,
    slowStartMs: loadBalancing?.slowStartMs ?? 0,
    breaker: circuitBreaker ?? null,
    healthCheck: healthCheck ?? null,
  };
  return { balancing, problems };
}

function readStickiness(config: Loose, problems: FieldProblem[]): BalancingRecord['stickiness'] {
  const by = config['sessionManagement'];
  if (config['endpoint_type'] !== 'load_balance' || by === undefined || by === null || by === '' || by === 'none')
    return null;
  if (by !== 'transport' && by !== 'simpleClientSession') {
    problems.push({
      field: 'endpointConfig.sessionManagement',
      message: 'One of "none", "transport" (a cookie of the gateway), "simpleClientSession" (the ClientID field).',
    });
    return null;
  }
  const given = config['sessionTimeOut'];
  const timeoutMs =
    given === undefined || given === null || given === '' ? defaultSessionSeconds * 1000 : Number(given);
  if (!(timeoutMs >= 1000 && timeoutMs <= 2_592_000_000))
    problems.push({ field: 'endpointConfig.sessionTimeOut', message: 'Milliseconds, from 1000 to 2592000000.' });
  return { by: by === 'transport' ? 'cookie' : 'client_id', seconds: Math.floor(timeoutMs / 1000) };
}
