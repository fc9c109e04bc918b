import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '@tollgate/base';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import type { PolicyLevel } from '../contract/index.js';
import { ThrottlePolicy } from './throttle-policy.entity.js';

/** What other domains may ask about the policies of the caller's organization. */
@Injectable()
export class ThrottlePolicyReader {
  constructor(private readonly db: Database) {}

  /** All of one level, in the order they were made. */
  list(ctx: RequestContext, level: PolicyLevel): Promise<ThrottlePolicy[]> {
    const where = { organization: ctx.organization, level };
    return managerOf(this.db, ctx).find(ThrottlePolicy, { where, order: { id: 'ASC' } });
  }

  /** By exact name; `null` when there is none. */
  async find(ctx: RequestContext, level: PolicyLevel, name: string): Promise<ThrottlePolicy | null> {
    return managerOf(this.db, ctx).findOneBy(ThrottlePolicy, { organization: ctx.organization, level, name });
  }

  async exists(ctx: RequestContext, level: PolicyLevel, name: string): Promise<boolean> {
    return (await this.find(ctx, level, name)) !== null;
  }

  /**
   * @param field of the request that names the policy, for example `policies[0]`
   * @throws InvalidInputError when there is none
   */
  async assertExists(ctx: RequestContext, level: PolicyLevel, name: string, field: string): Promise<void> {
    if (await this.exists(ctx, level, name)) return;
    throw new InvalidInputError([{ field, message: `There is no ${level} policy "${name}" in this organization.` }]);
  }

  /** Whether the caller's roles may use the policy. One that does not exist may not be used. */
  async isAllowed(ctx: RequestContext, level: PolicyLevel, name: string): Promise<boolean> {
    const policy = await this.find(ctx, level, name);
    return policy !== null && mayUse(policy, ctx);
  }
}

/** The system itself may use every policy. */
export function mayUse(policy: Pick<ThrottlePolicy, 'permissions'>, ctx: RequestContext): boolean {
  const { permissions } = policy;
  if (permissions === null || ctx.principal === null) return true;
  const hasOne = ctx.principal.roles.some((role) => permissions.roles.includes(role));
  return permissions.permissionType === 'ALLOW' ? hasOne : !hasOne;
}
