import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import type { PolicyLevel } from '../contract/index.js';

/** Counts what of an organization relies on the policy of this name. */
export type CountPolicyUsers = (ctx: RequestContext, policyName: string) => Promise<number>;

/**
 * Other domains say here how many of their things use a policy, so that one in use is not deleted. Register in
 * `onModuleInit`: `usage.register('subscription', 'subscriptions', (ctx, name) => …)`.
 */
@Injectable()
export class PolicyUsage {
  private readonly counters: { level: PolicyLevel; what: string; count: CountPolicyUsers }[] = [];

  /** @param what plural, for the message: `applications` */
  register(level: PolicyLevel, what: string, count: CountPolicyUsers): void {
    this.counters.push({ level, what, count });
  }

  /** For example `2 subscriptions and 1 APIs`; empty when nothing uses it. */
  async usersOf(ctx: RequestContext, level: PolicyLevel, policyName: string): Promise<string> {
    const users: string[] = [];
    for (const counter of this.counters) {
      if (counter.level !== level) continue;
      const count = await counter.count(ctx, policyName);
      if (count > 0) users.push(`${count} ${counter.what}`);
    }
    return users.join(' and ');
  }
}
