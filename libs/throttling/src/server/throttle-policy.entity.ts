import { BusinessObject, JsonColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Unique } from 'typeorm';
import type {
  DegradedMode,
  PolicyLevel,
  ThrottleCondition,
  ThrottleLimit,
  ThrottlePolicyRecord,
} from '../contract/index.js';

/** Who may subscribe under a plan. */
export interface PlanPermissions {
  readonly permissionType: 'ALLOW' | 'DENY';
  readonly roles: readonly string[];
}

/** What only business plans have and no gateway needs. */
export interface PlanDetails {
  readonly billingPlan: 'FREE' | 'COMMERCIAL';
  readonly customAttributes: readonly { readonly name: string; readonly value: string }[];
  readonly monetization: { readonly monetizationPlan: string; readonly properties: Record<string, string> } | null;
  readonly graphQLMaxComplexity: number;
  readonly graphQLMaxDepth: number;
  readonly subscriberCount: number;
}

/** A limit for requests that fulfil all conditions. */
export interface ConditionGroup {
  readonly description: string;
  readonly conditions: readonly ThrottleCondition[];
  readonly limit: ThrottleLimit;
}

@Entity('throttle_policy')
@Unique('uq_throttle_policy_name', ['organization', 'level', 'name'])
export class ThrottlePolicy extends BusinessObject {
  @NameColumn({ length: 16 })
  level!: PolicyLevel;

  @NameColumn({ length: 60 })
  name!: string;

  @Column({ type: 'varchar', length: 512 })
  displayName!: string;

  @Column({ type: 'varchar', length: 1024 })
  description!: string;

  /** `null`: never refuses. */
  @JsonColumn({ nullable: true })
  quota!: ThrottleLimit | null;

  @JsonColumn({ nullable: true })
  burst!: ThrottlePolicyRecord['burst'];

  @Column({ type: 'boolean' })
  stopOnQuotaReach!: boolean;

  @NameColumn({ length: 16 })
  applicableLevel!: ThrottlePolicyRecord['applicableLevel'];

  /** Of advanced policies; their places in the list name their counters. */
  @JsonColumn()
  conditionGroups!: readonly ConditionGroup[];

  /** What gateways do while nobody counts for all of them. */
  @NameColumn({ length: 16 })
  degradedMode!: DegradedMode;

  /** Gateways lease permits ahead of need, so that no request is over the quota. */
  @Column({ type: 'boolean', default: false })
  strict!: boolean;

  /** `null`: everybody. */
  @JsonColumn({ nullable: true })
  permissions!: PlanPermissions | null;

  @JsonColumn()
  details!: PlanDetails;

  @Column({ type: 'boolean' })
  isDeployed!: boolean;
}
