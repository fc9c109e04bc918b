import type { PolicyLevel, ThrottlePolicyRecord } from '@tollgate/throttling/contract';
import { compileGroup, isSwitchedOn, type ConditionSwitches } from '@tollgate/throttling/domain';
import type { DeployedPolicy, PolicyIndex } from '../filters/quota-checks.js';

/** Throttling policies by organization, level and name, with their conditions compiled. */
export class PolicyRecords implements PolicyIndex {
  readonly #byOrganization = new Map<string, Record<PolicyLevel, Map<string, DeployedPolicy>>>();
  readonly #byId = new Map<string, DeployedPolicy>();

  constructor(private readonly switches: ConditionSwitches) {}

  /** How many policies ask for permits that are leased. */
  get strict(): number {
    let strict = 0;
    for (const policy of this.#byId.values()) if (policy.strict) strict++;
    return strict;
  }

  policy(organization: string, level: PolicyLevel, name: string): DeployedPolicy | undefined {
    return this.#byOrganization.get(organization)?.[level].get(name);
  }

  /**
   * @returns kinds of conditions that the policy uses and that are not looked at here
   * @throws PatternError, IpConditionError when a condition cannot be used; the policy stays as it was
   */
  set(id: string, record: ThrottlePolicyRecord | null): { readonly switchedOff: readonly string[] } {
    const policy = record && { ...record, groups: this.#compiled(record) };
    const old = this.#byId.get(id);
    if (old) this.#byOrganization.get(old.organization)?.[old.level].delete(old.name);
    if (policy === null) {
      this.#byId.delete(id);
      return { switchedOff: [] };
    }
    this.#byId.set(id, policy);
    let levels = this.#byOrganization.get(policy.organization);
    if (!levels) {
      levels = { advanced: new Map(), subscription: new Map(), application: new Map() };
      this.#byOrganization.set(policy.organization, levels);
    }
    levels[policy.level].set(policy.name, policy);
    const conditions = policy.conditionGroups.flatMap((group) => group.conditions);
    const off = conditions.filter((condition) => !isSwitchedOn(condition, this.switches));
    return { switchedOff: [...new Set(off.map(({ type }) => type))] };
  }

  #compiled({ conditionGroups }: ThrottlePolicyRecord): DeployedPolicy['groups'] {
    return conditionGroups.map(({ conditions, limit }) => ({
      matches: compileGroup(conditions, this.switches),
      limit,
    }));
  }
}
