import { qualifiedUserName } from '@tollgate/base';
import type { DenyConditionRecord } from '@tollgate/throttling/contract';
import {
  compileIpMatcher,
  deniedDescription,
  parseIp,
  throttleRefusals,
  type IpMatcher,
} from '@tollgate/throttling/domain';
import type { Exchange } from '../pipeline/exchange.js';
import type { Filter } from '../pipeline/compile-pipeline.js';
import type { Refusal } from '../pipeline/verdict.js';

const denied: Refusal = {
  kind: 'throttling',
  status: throttleRefusals.denied.status,
  code: throttleRefusals.denied.code,
  message: throttleRefusals.denied.message,
  description: deniedDescription,
};

/** Conditions of one organization that are switched on. */
interface DenySet {
  readonly records: Map<string, DenyConditionRecord>;
  /** Text conditions as `type:value`. */
  texts: Set<string>;
  addresses: IpMatcher[];
}

/** The deny list of all organizations. A condition holds for the APIs of its own organization. */
export class DenyList {
  readonly #byOrganization = new Map<string, DenySet>();

  /** @throws IpConditionError when an address cannot be read; the list stays as it was */
  put(record: DenyConditionRecord): void {
    const set = this.#byOrganization.get(record.organization) ?? {
      records: new Map(),
      texts: new Set(),
      addresses: [],
    };
    const records = new Map(set.records).set(record.uuid, record);
    this.#byOrganization.set(record.organization, compile(records));
  }

  /** Removes the condition from whichever organization has it. */
  remove(uuid: string): void {
    for (const [organization, set] of this.#byOrganization) {
      if (!set.records.delete(uuid)) continue;
      if (set.records.size === 0) this.#byOrganization.delete(organization);
      else this.#byOrganization.set(organization, compile(set.records));
    }
  }

  isDenied(x: Exchange, organization: string): boolean {
    const set = this.#byOrganization.get(organization);
    return set !== undefined && (deniesText(set.texts, x) || deniesAddress(set.addresses, x.clientIp));
  }
}

function compile(records: Map<string, DenyConditionRecord>): DenySet {
  const set: DenySet = { records, texts: new Set(), addresses: [] };
  for (const { type, value } of records.values()) {
    if (typeof value === 'string') set.texts.add(`${type}:${value}`);
    else set.addresses.push(compileIpMatcher(value));
  }
  return set;
}

function deniesText(texts: ReadonlySet<string>, x: Exchange): boolean {
  if (texts.size === 0) return false;
  const api = x.api?.api;
  if (api && texts.has(`API:${api.basePath}`)) return true;
  if (x.credential !== 'none' && texts.has(`USER:${x.userId}`)) return true;
  const { application } = x;
  if (!application) return false;
  const { owner, organization, name } = application;
  // Owners are written plain or qualified, depending on who wrote the condition.
  for (const each of [owner, qualifiedUserName(owner, organization), withoutOrganization(owner, organization)]) {
    if (texts.has(`APPLICATION:${each}:${name}`)) return true;
    if (api && texts.has(`SUBSCRIPTION:${api.basePath}:${api.version}:${each}-${name}:${x.keyType}`)) return true;
  }
  return false;
}

function withoutOrganization(user: string, organization: string): string {
  return user.endsWith(`@${organization}`) ? user.slice(0, -organization.length - 1) : user;
}

function deniesAddress(matchers: readonly IpMatcher[], clientIp: string): boolean {
  if (matchers.length === 0) return false;
  const address = parseIp(clientIp);
  return address === null || matchers.some((matches) => matches(address)); // an unreadable address cannot be cleared
}

/** Asks the deny list, on open operations too. */
export function denyListFilter(organization: string, list: DenyList): Filter {
  return (x) => (list.isDenied(x, organization) ? denied : null);
}
