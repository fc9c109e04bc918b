import type { BalancingRecord, DeploymentRecord, EndpointRecord } from '@tollgate/api/contract';
import { ExchangeFacts } from '../../filters/request-facts.js';
import { cookieValue } from '../../pipeline/cookie.js';
import type { Exchange } from '../../pipeline/exchange.js';
import type { EndpointCredential } from '../credentials/credential.js';
import type { UpstreamTls } from '../back-end-trust.js';
import { compileEndpoint } from '../endpoint.js';
import { lenientBreaker } from './availability.js';
import { consistentHash, failover, leastConnections, roundRobin, type Order } from './orders.js';
import type { HealthProber } from './health-prober.js';
import { RetryBudget } from './retry-budget.js';
import { stickinessOf, type Stickiness } from './stickiness.js';
import { Target, unchecked } from './target.js';

/** The endpoints of one key type of an API, and which of them is next. */
export class TargetSet {
  readonly budget = new RetryBudget();
  readonly #order: Order;
  readonly #stickiness: Stickiness | null;

  constructor(
    readonly targets: readonly Target[],
    balancing: BalancingRecord | null,
    /** What its back ends ask of the gateway. */
    readonly credential: EndpointCredential | null = null,
  ) {
    this.#order = orderOf(targets, balancing);
    this.#stickiness = balancing?.stickiness ? stickinessOf(balancing.stickiness, targets) : null;
  }

  /** Whether some endpoint would be called now. */
  hasUsable(nowMs: number): boolean {
    const { targets } = this;
    for (const target of targets) if (isCallable(target, nowMs)) return true;
    return false;
  }

  /**
   * The endpoint to call, other than those tried before. While all are out, one that is out by a guess alone is called:
   * only what the publisher or a health check says keeps an endpoint from being called at all.
   */
  pick(x: Exchange, nowMs: number, tried: readonly Target[]): Target | null {
    const { targets } = this;
    const [only] = targets;
    if (targets.length === 1 && only !== undefined) {
      return tried.length === 0 && isCallable(only, nowMs) ? only : null;
    }
    const kept = this.#stickiness?.targetOf(x, nowMs) ?? null;
    if (kept !== null && !tried.includes(kept) && kept.isUsable(nowMs)) return kept;
    const isFree = (target: Target): boolean => target.isUsable(nowMs) && !tried.includes(target);
    return (
      this.#order(x, nowMs, isFree) ??
      this.#order(x, nowMs, (target) => isCallable(target, nowMs) && !tried.includes(target))
    );
  }

  /** The caller got its answer from there. Gives the value of a `Set-Cookie` field, `null` when none is needed. */
  remember(x: Exchange, target: Target, nowMs: number): string | null {
    return this.#stickiness?.remember(x, target, nowMs) ?? null;
  }
}

function isCallable(target: Target, nowMs: number): boolean {
  return target.health.isWell && (target.availability.isIn(nowMs) || !target.availability.isFirm);
}

/**
 * @param prober begins to check endpoints whose API asks for it
 * @param tlsFor says how the TLS of an origin differs from what is usual
 * @throws TypeError naming the URL when an endpoint cannot be called
 */
export function targetSet(
  endpoints: readonly EndpointRecord[],
  { balancing, endpointTimeoutMs }: Pick<DeploymentRecord, 'balancing' | 'endpointTimeoutMs'>,
  prober: HealthProber,
  credential: EndpointCredential | null,
  tlsFor: (origin: string) => UpstreamTls | null,
): TargetSet {
  const breaker = balancing?.breaker ?? (endpoints.length > 1 ? lenientBreaker : null);
  const targets = endpoints.map((record) => {
    const rules = record.rules ?? { timeoutMs: endpointTimeoutMs, onTimeout: 'fault', suspension: null, retry: null };
    const { suspension, retry } = rules;
    const withRules = { ...record, rules };
    const endpoint = compileEndpoint(record.url, tlsFor);
    const health = balancing?.healthCheck ? prober.healthOf(endpoint, balancing.healthCheck) : unchecked;
    const slowStartMs = balancing?.slowStartMs ?? 0;
    return new Target(endpoint, withRules, { suspension, retry, breaker }, slowStartMs, health);
  });
  return new TargetSet(targets, balancing ?? null, credential);
}

function orderOf(targets: readonly Target[], balancing: BalancingRecord | null): Order {
  switch (balancing?.order) {
    case 'failover':
      return failover(targets);
    case 'least_connections':
      return leastConnections(targets);
    case 'consistent_hash':
      return consistentHash(targets, hashKeyOf(balancing.hashOn ?? { source: 'ip', name: '' }));
    default:
      return roundRobin(targets);
  }
}

/** Callers without the value that is asked for are told apart by their address. */
function hashKeyOf({ source, name }: NonNullable<BalancingRecord['hashOn']>): (x: Exchange) => string {
  switch (source) {
    case 'header':
      return (x) => x.headers.get(name) ?? x.clientIp;
    case 'cookie':
      return (x) => cookieValue(x.headers, name) ?? x.clientIp;
    case 'claim':
      return (x) => new ExchangeFacts(x).claims(name)[0] ?? x.clientIp;
    default:
      return (x) => x.clientIp;
  }
}
