import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { SeedRegistry } from '@tollgate/database';
import { CustomRuleService } from './custom-rule.service.js';
import { DefaultPolicies } from './default-policies.js';
import { DenyConditionService } from './deny-condition.service.js';
import { PolicyUsage } from './policy-usage.js';
import { StrictPolicies } from './strict-policies.js';
import { ThrottlePolicyReader } from './throttle-policy.reader.js';
import { ThrottlePolicyService } from './throttle-policy.service.js';

const faces = [
  CustomRuleService,
  DefaultPolicies,
  DenyConditionService,
  PolicyUsage,
  StrictPolicies,
  ThrottlePolicyReader,
  ThrottlePolicyService,
];

/**
 * Policies and the deny list. Needs `Database`, `SeedRegistry`, the clock, and a `RecordWriter`.
 * Seeds the organizations that are there at the start; whoever makes one calls `DefaultPolicies.seed` for it.
 */
@Global()
@Module({ providers: faces, exports: faces })
export class ThrottlingModule implements OnModuleInit {
  constructor(
    private readonly seeds: SeedRegistry,
    private readonly defaults: DefaultPolicies,
  ) {}

  onModuleInit(): void {
    this.seeds.register(30, 'throttle policies', (tx) => this.defaults.seedAll(tx));
  }
}
