import type { ApiRecord, DeploymentRecord } from '@tollgate/api/contract';
import type { DeploymentAcknowledgement } from '@tollgate/deployment/contract';
import type { CompiledApi } from '../pipeline/compiled-api.js';
import { RouteTable } from '../pipeline/route-table.js';

/** What became of a deployment on this gateway. */
export type DeploymentOutcome = Omit<DeploymentAcknowledgement, 'gatewayId'>;

/** Code of a revision that cannot be compiled, in acknowledgements. */
const artifactErrorCode = 900967;

interface Deployed {
  readonly record: DeploymentRecord;
  /** What serves; still the former revision when the newest cannot be compiled, `null` while nothing does. */
  compiled: CompiledApi | null;
  /** The record behind `compiled`. */
  servingRecord: DeploymentRecord | null;
  /** Revision last acknowledged, with its outcome. */
  told: string;
}

/**
 * Joins API records and deployment records and compiles them. `apply` collects changes; `commit` compiles what they
 * touch, nothing else, and gives the new route table and the acknowledgements.
 */
export class DeployedApis {
  readonly #apis = new Map<string, ApiRecord>();
  readonly #deployments = new Map<string, Deployed>();
  readonly #idsByApi = new Map<string, Set<string>>();
  /** Deployments to compile at the next commit. */
  readonly #touched = new Set<string>();
  #removed: CompiledApi[] = [];
  #outcomes: DeploymentOutcome[] = [];
  #table = RouteTable.empty;

  /** @param labels environments that this gateway serves */
  constructor(
    private readonly labels: ReadonlySet<string>,
    private readonly compile: (api: ApiRecord, deployment: DeploymentRecord) => CompiledApi,
  ) {}

  get table(): RouteTable {
    return this.#table;
  }

  /** What serves at the moment. */
  *serving(): IterableIterator<CompiledApi> {
    for (const { compiled } of this.#deployments.values()) if (compiled !== null) yield compiled;
  }

  get counts(): { readonly deployed: number; readonly failed: number } {
    let failed = 0;
    for (const each of this.#deployments.values()) if (each.told.startsWith('FAILURE')) failed++;
    return { deployed: this.#deployments.size - failed, failed };
  }

  setApi(uuid: string, record: ApiRecord | null): void {
    if (record === null) this.#apis.delete(uuid);
    else this.#apis.set(uuid, record);
    for (const id of this.#idsByApi.get(uuid) ?? []) this.#touched.add(id);
  }

  setDeployment(id: string, record: DeploymentRecord | null): void {
    const old = this.#deployments.get(id);
    if (record === null || !this.labels.has(record.environment)) return this.#undeploy(id, old);
    this.#deployments.set(id, {
      record,
      compiled: old?.compiled ?? null,
      servingRecord: old?.servingRecord ?? null,
      told: old?.told ?? '',
    });
    const ids = this.#idsByApi.get(record.apiUuid) ?? new Set<string>();
    this.#idsByApi.set(record.apiUuid, ids.add(id));
    this.#touched.add(id);
  }

  /** At the next commit: what trust there is at this back end has changed. @param origin `https://host:port` */
  recompileCallersOf(organization: string, origin: string): void {
    for (const [id, { compiled }] of this.#deployments) {
      if (compiled === null || compiled.api.organization !== organization) continue;
      const targets = [...compiled.production.targets, ...compiled.sandbox.targets];
      if (targets.some(({ endpoint }) => endpoint.origin === origin)) this.#touched.add(id);
    }
  }

  /** A deployment whose record cannot even be read: the former one goes on serving. */
  refuseDeployment(apiId: string, revisionId: string, reason: string): void {
    this.#outcomes.push(failure(apiId, revisionId, reason));
  }

  commit(): readonly DeploymentOutcome[] {
    const removed = this.#removed;
    const added: CompiledApi[] = [];
    for (const id of this.#touched) this.#compileOne(id, removed, added);
    if (removed.length > 0 || added.length > 0) this.#table = this.#table.with(removed, added, () => this.serving());
    const outcomes = this.#outcomes;
    this.#removed = [];
    this.#outcomes = [];
    this.#touched.clear();
    return outcomes;
  }

  #compileOne(id: string, removed: CompiledApi[], added: CompiledApi[]): void {
    const deployed = this.#deployments.get(id);
    const api = deployed && this.#apis.get(deployed.record.apiUuid);
    if (!deployed) return;
    if (!api || api.lifecycleState === 'RETIRED') {
      // Its API record is not here (yet), or says that it is retired: nothing is served.
      if (deployed.compiled) removed.push(deployed.compiled);
      deployed.compiled = null;
      if (api) this.#tell(deployed, null);
      return;
    }
    const problem = this.#recompile(deployed, api, deployed.record, removed, added);
    this.#tell(deployed, problem);
    if (problem === null || !deployed.servingRecord) return;
    // The former revision goes on, but under the API's present state: blocking it must not wait for a good revision.
    const formerProblem = this.#recompile(deployed, api, deployed.servingRecord, removed, added);
    if (formerProblem === null || !deployed.compiled) return;
    removed.push(deployed.compiled);
    deployed.compiled = null;
  }

  /** Returns why it cannot be compiled, or `null` after taking it over. */
  #recompile(
    deployed: Deployed,
    api: ApiRecord,
    record: DeploymentRecord,
    removed: CompiledApi[],
    added: CompiledApi[],
  ): string | null {
    try {
      const compiled = this.compile(api, record);
      if (deployed.compiled) removed.push(deployed.compiled);
      added.push(compiled);
      deployed.compiled = compiled;
      deployed.servingRecord = record;
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Acknowledges each revision once per outcome, not at every recompilation. */
  #tell(deployed: Deployed, problem: string | null): void {
    const { apiUuid, revisionId } = deployed.record;
    const told = `${problem === null ? 'SUCCESS' : 'FAILURE'}:${revisionId}`;
    if (deployed.told === told) return;
    deployed.told = told;
    this.#outcomes.push(
      problem === null
        ? { apiId: apiUuid, revisionId, action: 'DEPLOY', deploymentStatus: 'SUCCESS' }
        : failure(apiUuid, revisionId, problem),
    );
  }

  #undeploy(id: string, old: Deployed | undefined): void {
    if (!old) return;
    this.#deployments.delete(id);
    this.#idsByApi.get(old.record.apiUuid)?.delete(id);
    if (this.#idsByApi.get(old.record.apiUuid)?.size === 0) this.#idsByApi.delete(old.record.apiUuid);
    if (old.compiled) this.#removed.push(old.compiled);
    const { apiUuid: apiId, revisionId } = old.record;
    this.#outcomes.push({ apiId, revisionId, action: 'UNDEPLOY', deploymentStatus: 'SUCCESS' });
  }
}

function failure(apiId: string, revisionId: string, reason: string): DeploymentOutcome {
  const errorMessage = reason.slice(0, 2000);
  return {
    apiId,
    revisionId,
    action: 'DEPLOY',
    deploymentStatus: 'FAILURE',
    errorCode: artifactErrorCode,
    errorMessage,
  };
}
