import { Inject, Injectable } from '@nestjs/common';
import { InvalidInputError, tollgateConfig } from '@tollgate/base';
import { leaseSource, type TollgateConfig } from '@tollgate/config';
import type { PolicyLevel } from '../contract/index.js';
import type { ThrottlePolicy } from './throttle-policy.entity.js';

type StrictInput = Pick<ThrottlePolicy, 'strict' | 'quota' | 'conditionGroups' | 'stopOnQuotaReach'>;

const noStore =
  'Needs one place that counts for all gateways: set [apim.distributed_throttling] with its store on this control plane, on the traffic managers and on the gateways, or leave strict out.';
const bytes =
  'Counts requests only, because bytes and messages are known when they have passed: use REQUESTCOUNTLIMIT everywhere in the policy, or leave strict out.';
const goesOn =
  'Says that nobody passes over the quota, and stopOnQuotaReach: false says that requests go on: leave one of them out.';

/** Refuses what cannot be counted strictly, so that no policy promises more than it keeps. */
@Injectable()
export class StrictPolicies {
  constructor(@Inject(tollgateConfig) private readonly config: TollgateConfig) {}

  /** @throws InvalidInputError naming `strict` */
  check(level: PolicyLevel, { strict, quota, conditionGroups, stopOnQuotaReach }: StrictInput): void {
    if (!strict) return;
    const limits = [quota, ...conditionGroups.map(({ limit }) => limit)];
    const problems = [
      ...(leaseSource(this.config) === null ? [noStore] : []),
      ...(limits.some((limit) => limit !== null && limit.type !== 'REQUESTCOUNTLIMIT') ? [bytes] : []),
      ...(level === 'subscription' && !stopOnQuotaReach ? [goesOn] : []),
    ];
    if (problems.length === 0) return;
    throw new InvalidInputError(problems.map((message) => ({ field: 'strict', message })));
  }
}
