import type { CustomRuleRecord, RequestEvent } from '@tollgate/throttling/contract';
import {
  addressKey,
  parseKeyTemplate,
  resolveKey,
  type CustomDecisions,
  type KeyTemplate,
  type KeyVariable,
  type QuotaLevel,
} from '@tollgate/throttling/domain';
import type { Exchange } from '../pipeline/exchange.js';
import { ExchangeFacts } from './request-facts.js';

interface DeployedRule {
  readonly record: CustomRuleRecord;
  readonly template: KeyTemplate;
}

/** What request events carry only because a rule asks for it. */
export type RuleProperties = Pick<RequestEvent, 'clientIp' | 'properties'>;

/** A custom rule has used up what it grants to the key of this request. */
export interface RuleRefusal {
  readonly name: string;
  readonly level: QuotaLevel;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

const maxTextLength = 256;

/** The custom rules that are deployed now, with what they have decided. Without any, requests cost one comparison. */
export class CustomRules {
  readonly #byUuid = new Map<string, DeployedRule>();
  #rules: readonly DeployedRule[] = [];
  #readsAddress = false;
  #properties: readonly string[] = [];

  constructor(private readonly decisions: CustomDecisions) {}

  /** @throws KeyTemplateError; the rules stay as they were */
  set(uuid: string, record: CustomRuleRecord | null): void {
    if (record === null) this.#byUuid.delete(uuid);
    else this.#byUuid.set(uuid, { record, template: parseKeyTemplate(record.keyTemplate) });
    this.#rules = [...this.#byUuid.values()];
    const read = new Set(this.#rules.flatMap((rule) => rule.record.properties));
    this.#readsAddress = read.has('ip') || read.has('ipv6');
    for (const name of ['ip', 'ipv6']) read.delete(name);
    this.#properties = [...read].sort();
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** The rule that refuses this request; `null` when none does. Looks in local memory only. */
  refusalOf(x: Exchange): RuleRefusal | null {
    for (const { record, template } of this.#rules) {
      const key = resolveKey(template, (variable) => valueOf(x, variable));
      if (key === null) continue;
      const untilMs = this.decisions.blockedUntilMs(record.ruleId, key, x.receivedAtMs);
      if (untilMs === 0) continue;
      // A level without any quota refuses in its turn, after the application's, and counts nothing.
      const level = { key: `custom:${record.ruleId}`, quota: 0, unitTime: 1, timeUnit: 'sec' as const };
      return { name: record.name, level: { ...level, enforced: true, shared: false }, untilMs };
    }
    return null;
  }

  /** What the rules want to know of a request beyond the usual. */
  propertiesOf(x: Exchange): RuleProperties {
    const wanted: RuleProperties = this.#readsAddress ? { clientIp: x.clientIp } : {};
    if (this.#properties.length === 0) return wanted;
    const facts = new ExchangeFacts(x);
    const properties: Record<string, string | number> = {};
    for (const name of this.#properties) {
      const value = propertyOf(x, name, facts);
      if (value !== undefined) properties[name] = typeof value === 'string' ? value.slice(0, maxTextLength) : value;
    }
    return { ...wanted, properties };
  }
}

/** The key of the policy on the operation, or of the one on the whole API where there is one. */
export function resourceKeyOf(x: Exchange): string {
  return x.resourceKey || x.apiKey || (x.operation?.throttleKey ?? '');
}

function valueOf(x: Exchange, variable: KeyVariable): string {
  switch (variable) {
    case 'resourceKey':
      return resourceKeyOf(x);
    case 'userId':
      return x.userId;
    case 'apiContext':
      return x.api?.api.basePath ?? '';
    case 'apiVersion':
      return x.api?.api.version ?? '';
    case 'appTenant':
      return x.application?.organization ?? x.api?.api.organization ?? '';
    case 'apiTenant':
      return x.api?.api.organization ?? '';
    case 'appId':
      return x.application ? String(x.application.id) : '';
    case 'clientIp':
      return addressKey(x.clientIp);
  }
}

/** A property by the field's name, else a header, a query parameter or a claim of that name. */
function propertyOf(x: Exchange, name: string, facts: ExchangeFacts): string | number | undefined {
  switch (name) {
    case 'messageSize':
      return x.bodyBytes ?? 0;
    case 'applicationName':
      return x.application?.name;
    case 'subscriptionType':
      return undefined;
    default:
      return facts.headers(name.toLowerCase())[0] ?? facts.queryParameters(name)[0] ?? facts.claims(name)[0];
  }
}
