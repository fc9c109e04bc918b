import { createHash } from 'node:crypto';
import type { Exchange } from '../../pipeline/exchange.js';
import type { Target } from './target.js';

/** Picks one of the targets for which `isFree` holds; `null` when there is none. */
export type Order = (x: Exchange, nowMs: number, isFree: (target: Target) => boolean) => Target | null;

/** Smooth weighted round robin: 3:1 gives a a b a, never a a a b. */
export function roundRobin(targets: readonly Target[]): Order {
  return (_x, nowMs, isFree) => {
    let best: Target | null = null;
    let sum = 0;
    for (const target of targets) {
      if (!isFree(target)) continue;
      const share = target.share(nowMs);
      target.turn += share;
      sum += share;
      if (best === null || target.turn > best.turn) best = target;
    }
    if (best !== null) best.turn -= sum;
    return best;
  };
}

/** The first one that is free, in the order of the configuration. */
export function failover(targets: readonly Target[]): Order {
  return (_x, _nowMs, isFree) => targets.find((target) => isFree(target)) ?? null;
}

/** The one with the fewest calls under way for its share; equal ones in turn. */
export function leastConnections(targets: readonly Target[]): Order {
  let start = 0;
  return (_x, nowMs, isFree) => {
    start = (start + 1) % targets.length;
    let best: Target | null = null;
    let least = Infinity;
    for (let i = 0; i < targets.length; i++) {
      const target = targets[(start + i) % targets.length] as Target;
      if (!isFree(target)) continue;
      const load = (target.active + 1) / target.share(nowMs);
      if (load >= least) continue;
      best = target;
      least = load;
    }
    return best;
  };
}

const pointsPerWeight = 160;

/** A ring on which each target has places by its address, so that one that goes moves only its own callers. */
export function consistentHash(targets: readonly Target[], keyOf: (x: Exchange) => string): Order {
  const ring = targets
    .flatMap((target) =>
      Array.from({ length: pointsPerWeight * target.weight }, (_, i) => ({
        at: hashOf(`${target.endpoint.origin}${target.endpoint.basePath}#${i}`),
        target,
      })),
    )
    .toSorted((a, b) => a.at - b.at);
  return (x, _nowMs, isFree) => {
    const from = firstAtOrBehind(ring, hashOf(keyOf(x)));
    for (let i = 0; i < ring.length; i++) {
      const { target } = ring[(from + i) % ring.length] as (typeof ring)[number];
      if (isFree(target)) return target;
    }
    return null;
  };
}

function hashOf(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE(0);
}

function firstAtOrBehind(ring: readonly { readonly at: number }[], wanted: number): number {
  let low = 0;
  let high = ring.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ring[middle] as { at: number }).at < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
