import { apiRecordSchema, deploymentRecordSchema, endpointCertificateRecordSchema } from '@tollgate/api/contract';
import {
  applicationRecordSchema,
  keyMappingRecordSchema,
  subscriptionRecordSchema,
} from '@tollgate/application/contract';
import type { Logger } from '@tollgate/base';
import { environmentRecordSchema, type EnvironmentRecord, type RecordKind } from '@tollgate/deployment/contract';
import { keyManagerRecordSchema, revocationRecordSchema } from '@tollgate/oauth/contract';
import {
  customRuleRecordSchema,
  denyConditionRecordSchema,
  throttlePolicyRecordSchema,
} from '@tollgate/throttling/contract';
import type { ConditionSwitches, LocalQuota, QuotaLessor } from '@tollgate/throttling/domain';
import { createAuthenticator, type Authenticator } from '../filters/authenticate.js';
import type { CustomRules } from '../filters/custom-rules.js';
import { DenyList } from '../filters/deny-list.js';
import type { OpaqueTokenOptions } from '../filters/opaque-tokens.js';
import { KeyRing } from '../filters/key-ring.js';
import { RevocationList } from '../filters/revocation-list.js';
import type { RouteTable } from '../pipeline/route-table.js';
import type { BackEndTrust } from '../upstream/back-end-trust.js';
import type { CredentialServices } from '../upstream/credentials/credential.js';
import type { HealthProber } from '../upstream/targets/health-prober.js';
import { compileApi } from './compile-api.js';
import { ConsumerRecords } from './consumer-records.js';
import { DeployedApis, type DeploymentOutcome } from './deployed-apis.js';
import { PolicyRecords } from './policy-records.js';
import { readValue } from './record-value.js';

/** One record as it is now: `value` is what its JSON text says, `null` when the object is gone. */
export interface RuntimeChange {
  readonly kind: RecordKind;
  readonly id: string;
  readonly value: unknown;
}

export interface RuntimeStateOptions {
  readonly labels: readonly string[];
  readonly tokens: OpaqueTokenOptions;
  readonly quota: LocalQuota;
  readonly rules: CustomRules;
  readonly passesAuthorization: boolean;
  /** Never passed on. */
  readonly certificateHeader: string | null;
  readonly conditions: ConditionSwitches;
  /** `null`: nobody decides about quotas of strict policies, and about proofs, for all gateways. */
  readonly lessor: QuotaLessor | null;
  readonly seesCertificates: boolean;
  readonly prober: HealthProber;
  readonly credentials: CredentialServices;
  readonly trust: BackEndTrust;
  readonly log: Logger;
}

/** Everything a gateway knows, built from records and kept in step with them, one record at a time. */
export class RuntimeState {
  readonly authenticator: Authenticator;
  readonly deployedApis: DeployedApis;
  readonly #consumers = new ConsumerRecords();
  readonly #policies: PolicyRecords;
  readonly #denyList = new DenyList();
  readonly #ring = new KeyRing();
  readonly #revocations = new RevocationList();
  readonly #environments = new Map<string, EnvironmentRecord>();
  readonly #rules: CustomRules;
  readonly #canLease: boolean;
  readonly #trust: BackEndTrust;
  readonly #log: Logger;
  /** `kind id` of records whose newest value cannot be used. */
  readonly #refused = new Set<string>();

  constructor(options: RuntimeStateOptions) {
    this.#log = options.log;
    this.#rules = options.rules;
    this.#trust = options.trust;
    this.#canLease = options.lessor !== null;
    this.#policies = new PolicyRecords(options.conditions);
    this.authenticator = createAuthenticator(this.#ring, this.#revocations, options.tokens, options.lessor);
    const services = {
      authenticator: this.authenticator,
      consumers: this.#consumers,
      policies: this.#policies,
      denyList: this.#denyList,
      quota: options.quota,
      rules: options.rules,
      passesAuthorization: options.passesAuthorization,
      certificateHeader: options.certificateHeader,
      seesCertificates: options.seesCertificates,
      prober: options.prober,
      credentials: options.credentials,
      trust: options.trust,
      environmentType: (name: string) => this.#environments.get(name)?.type ?? 'hybrid',
    };
    this.deployedApis = new DeployedApis(new Set(options.labels), (api, deployment) =>
      compileApi(api, deployment, services),
    );
  }

  get table(): RouteTable {
    return this.deployedApis.table;
  }

  /** Records whose newest value cannot be used: what they replace is in force. */
  get refusedRecords(): number {
    return this.#refused.size;
  }

  get strictPolicies(): number {
    return this.#policies.strict;
  }

  /** Applies changes of some records and gives what became of deployments. A record that cannot be used changes nothing. */
  apply(changes: readonly RuntimeChange[]): readonly DeploymentOutcome[] {
    for (const record of changes) this.#applyOne(record);
    return this.deployedApis.commit();
  }

  /** Forgets revocations that no living token needs. */
  sweep(nowMs: number): void {
    this.#revocations.sweep(nowMs);
  }

  #applyOne(change: RuntimeChange): void {
    try {
      this.#set(change);
      this.#refused.delete(`${change.kind} ${change.id}`);
    } catch (error) {
      this.#refuse(change, error instanceof Error ? error.message : String(error));
    }
  }

  #set({ kind, id, value }: RuntimeChange): void {
    switch (kind) {
      case 'api':
        return this.deployedApis.setApi(id, value === null ? null : readValue(value, apiRecordSchema));
      case 'deployment':
        return this.deployedApis.setDeployment(id, value === null ? null : readValue(value, deploymentRecordSchema));
      case 'application':
        return this.#consumers.setApplication(id, value === null ? null : readValue(value, applicationRecordSchema));
      case 'key-mapping':
        return this.#consumers.setKeyMapping(id, value === null ? null : readValue(value, keyMappingRecordSchema));
      case 'subscription':
        return this.#consumers.setSubscription(id, value === null ? null : readValue(value, subscriptionRecordSchema));
      case 'throttle-policy':
        return this.#setPolicy(id, value);
      case 'deny-condition':
        return value === null
          ? this.#denyList.remove(id)
          : this.#denyList.put(readValue(value, denyConditionRecordSchema));
      case 'custom-rule':
        return this.#rules.set(id, value === null ? null : readValue(value, customRuleRecordSchema));
      case 'revocation':
        return value === null
          ? this.#revocations.remove(id)
          : this.#revocations.put(readValue(value, revocationRecordSchema));
      case 'key-manager':
        return this.#setKeyManager(id, value);
      case 'environment':
        if (value === null) this.#environments.delete(id);
        else this.#environments.set(id, readValue(value, environmentRecordSchema));
        return;
      case 'endpoint-certificate':
        return this.#setEndpointCertificate(id, value);
    }
  }

  #setPolicy(id: string, value: unknown): void {
    const record = value === null ? null : readValue(value, throttlePolicyRecordSchema);
    const { switchedOff } = this.#policies.set(id, record);
    if (record?.strict && !this.#canLease) {
      this.#log.error(
        { event: 'gateway.policy.not_strict', policy: record.name },
        'A strict policy cannot be kept: set [apim.distributed_throttling] with its store on every gateway and traffic manager',
      );
    }
    if (record === null || switchedOff.length === 0) return;
    this.#log.warn(
      { event: 'gateway.policy.condition_switched_off', policy: record.name, kinds: switchedOff },
      'Groups with such conditions never match here: see the switches enable_…_throttling of [apim.throttling]',
    );
  }

  #setEndpointCertificate(id: string, value: unknown): void {
    const record = value === null ? null : readValue(value, endpointCertificateRecordSchema);
    for (const { organization, host } of this.#trust.set(id, record))
      this.deployedApis.recompileCallersOf(organization, `https://${host}`);
  }

  #setKeyManager(id: string, value: unknown): void {
    const colon = id.indexOf(':');
    if (value === null) return this.#ring.remove(id.slice(0, colon), id.slice(colon + 1));
    const record = readValue(value, keyManagerRecordSchema);
    const { unusable } = this.#ring.put(record);
    if (unusable.length === 0) return;
    this.#log.warn(
      { event: 'gateway.keys.unusable', keyManager: record.name, organization: record.organization, kids: unusable },
      'Some keys of a key manager cannot be used: RSA from 2048 bits, P-256 and Ed25519 can',
    );
  }

  #refuse({ kind, id, value }: RuntimeChange, reason: string): void {
    this.#refused.add(`${kind} ${id}`);
    this.#log.error(
      { event: 'gateway.record.refused', kind, id, reason },
      'A record cannot be used; what it would replace stays in force',
    );
    if (kind !== 'deployment' || typeof value !== 'object' || value === null) return;
    // Its schema is broken, but it may still say which revision it is.
    const { apiUuid, revisionId } = value as Record<string, unknown>;
    const apiId = typeof apiUuid === 'string' ? apiUuid : (id.split(':', 1)[0] ?? '');
    this.deployedApis.refuseDeployment(apiId, typeof revisionId === 'string' ? revisionId : '', reason);
  }
}
