import type { EndpointRecord } from '@tollgate/api/contract';
import type { CompiledEndpoint } from '../../pipeline/compiled-api.js';
import { Availability, type AvailabilityRules } from './availability.js';

/** What the checks of a node say about an endpoint. */
export interface Health {
  readonly isWell: boolean;
  /** Since when it is well again, in milliseconds of the gateway's clock; 0: it was never unwell. */
  readonly wellSinceMs: number;
}

export const unchecked: Health = { isWell: true, wellSinceMs: 0 };

/** The smallest share of an endpoint that has just come back. */
const smallestShare = 0.1;

/** One endpoint with what this gateway knows of it. */
export class Target {
  readonly availability: Availability;
  readonly weight: number;
  /** Calls under way. */
  active = 0;
  /** As of the smooth weighted round. */
  turn = 0;

  constructor(
    readonly endpoint: CompiledEndpoint,
    readonly record: EndpointRecord,
    rules: AvailabilityRules,
    private readonly slowStartMs: number,
    readonly health: Health,
  ) {
    this.weight = record.weight ?? 1;
    this.availability = new Availability(rules);
  }

  isUsable(nowMs: number): boolean {
    return this.health.isWell && this.availability.isIn(nowMs);
  }

  /** Its weight, smaller while it has just come back. */
  share(nowMs: number): number {
    if (this.slowStartMs === 0) return this.weight;
    const sinceMs = Math.max(this.availability.backSinceMs, this.health.wellSinceMs);
    if (sinceMs === 0 || nowMs - sinceMs >= this.slowStartMs) return this.weight;
    return this.weight * Math.max(smallestShare, (nowMs - sinceMs) / this.slowStartMs);
  }
}
