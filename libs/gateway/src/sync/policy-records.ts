import type { PolicyLevel, ThrottlePolicyRecord } from '@tollgate/throttling/contract';
import type { PolicyIndex } from '../filters/throttle.js';

/** Throttling policies by organization, level and name. */
export class PolicyRecords implements PolicyIndex {
  readonly #byOrganization = new Map<string, Record<PolicyLevel, Map<string, ThrottlePolicyRecord>>>();
  readonly #byId = new Map<string, ThrottlePolicyRecord>();

  policy(organization: string, level: PolicyLevel, name: string): ThrottlePolicyRecord | undefined {
    return this.#byOrganization.get(organization)?.[level].get(name);
  }

  set(id: string, record: ThrottlePolicyRecord | null): void {
    const old = this.#byId.get(id);
    if (old) this.#byOrganization.get(old.organization)?.[old.level].delete(old.name);
    if (record === null) return void this.#byId.delete(id);
    this.#byId.set(id, record);
    let levels = this.#byOrganization.get(record.organization);
    if (!levels) {
      levels = { advanced: new Map(), subscription: new Map(), application: new Map() };
      this.#byOrganization.set(record.organization, levels);
    }
    levels[record.level].set(record.name, record);
  }
}
