import { Module, type OnModuleInit } from '@nestjs/common';
import { OrganizationSeeds } from '@tollgate/identity/server';
import { DefaultPolicies } from '@tollgate/throttling/server';
import { CustomRuleController } from './custom-rule.controller.js';
import { DenyPolicyController } from './deny-policy.controller.js';
import { advancedPolicyShape, applicationPolicyShape, subscriptionPolicyShape } from './policy-bodies.js';
import { PolicyTransfer } from './policy-transfer.js';
import { PolicyTransferController } from './policy-transfer.controller.js';
import { PolicySearchController } from './policy-search.controller.js';
import { policyController } from './policy.controller.js';

/**
 * `/api/am/admin/v4/throttling/*`. Stands on the global modules `ThrottlingModule` and `IdentityModule`; gives every
 * organization the default policies.
 */
@Module({
  controllers: [
    PolicySearchController,
    PolicyTransferController,
    policyController(applicationPolicyShape),
    policyController(advancedPolicyShape),
    policyController(subscriptionPolicyShape),
    CustomRuleController,
    DenyPolicyController,
  ],
  providers: [PolicyTransfer],
})
export class AdminThrottlingModule implements OnModuleInit {
  constructor(
    private readonly organizationSeeds: OrganizationSeeds,
    private readonly defaults: DefaultPolicies,
  ) {}

  onModuleInit(): void {
    this.organizationSeeds.register((tx, organization) => this.defaults.seed(tx, organization));
  }
}
