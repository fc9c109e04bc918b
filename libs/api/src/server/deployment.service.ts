import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  ApimError,
  InvalidInputError,
  NotFoundError,
  tollgateClock,
  tollgateLogger,
  type Clock,
  type Logger,
} from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { chooseVhost } from '@tollgate/deployment/domain';
import { EnvironmentReader } from '@tollgate/deployment/server';
import { planDeployment } from '../domain/index.js';
import { callerName } from './access.js';
import { ApiChecks } from './api-checks.js';
import { ApiLabels } from './api-labels.js';
import { ApiRecords } from './api-records.js';
import { Api } from './api.entity.js';
import { ApiStore } from './api.store.js';
import { Workflows, type DecidedTask } from '@tollgate/workflow/server';
import { ApiDeployment, ApiRevision } from './revision.entity.js';

/** Where to deploy. */
export interface DeploymentTarget {
  readonly environment: string;
  /** Default: the environment's first virtual host. */
  readonly vhost?: string | undefined;
  readonly displayOnDevportal: boolean;
}

export interface DeploymentView {
  readonly deployment: Pick<ApiDeployment, 'environment' | 'vhost' | 'displayOnDevportal' | 'createdAt'>;
  readonly revisionUuid: string;
  /** `CREATED`: it waits for approval and serves nobody. */
  readonly status: 'APPROVED' | 'CREATED';
}

/** What is kept of a deployment that waits. */
interface WaitingDeployment {
  readonly revisionUuid: string;
  readonly target: DeploymentTarget & { readonly vhost: string };
}

export const deploymentWorkflow = 'AM_REVISION_DEPLOYMENT';

/** Which revision: by id or by number. */
export type RevisionChoice = { readonly uuid: string } | { readonly number: number };

/** Puts revisions on environments and takes them away; the working copy never gets there. */
@Injectable()
export class DeploymentService {
  constructor(
    private readonly db: Database,
    private readonly store: ApiStore,
    private readonly checks: ApiChecks,
    private readonly labels: ApiLabels,
    private readonly records: ApiRecords,
    private readonly environments: EnvironmentReader,
    private readonly workflows: Workflows,
    @Inject(tollgateClock) private readonly clock: Clock,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  /**
   * Deploys to all targets or to none. A revision that serves there already is replaced.
   * @throws InvalidInputError for an unknown environment or virtual host; ApimError 400 for what gateways cannot serve
   */
  async deploy(
    ctx: RequestContext,
    apiUuid: string,
    revisionUuid: string,
    targets: readonly DeploymentTarget[],
  ): Promise<DeploymentView[]> {
    requireDistinct(targets);
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.lock(tx, apiUuid);
      if (api.state === 'RETIRED') throw retired(api);
      const revision = await this.revisionOf(tx, api, { uuid: revisionUuid });
      await this.checks.requirePolicies(tx, revision.body);
      for (const [i, target] of targets.entries()) {
        const placed = await this.place(tx, target, i);
        if (await this.mayGoOn(tx, api, revision, placed)) await this.deployTo(tx, api, revision, placed);
      }
      await this.labels.writeDeployed(tx, api.id);
      await this.records.refreshApi(tx, api, 'DEPLOY_API_IN_GATEWAY');
      return this.list(tx, apiUuid, revision);
    });
  }

  /**
   * @param environments names, or `all` that this revision serves on
   * @returns what of the API is still deployed
   * @throws InvalidInputError when the revision does not serve on one of them
   */
  undeploy(
    ctx: RequestContext,
    apiUuid: string,
    choice: RevisionChoice,
    environments: readonly string[] | 'all',
  ): Promise<DeploymentView[]> {
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.lock(tx, apiUuid);
      const revision = await this.revisionOf(tx, api, choice);
      const present = await tx.manager.findBy(ApiDeployment, { apiId: api.id, revisionId: revision.id });
      const names = environments === 'all' ? present.map((row) => row.environment) : environments;
      requireDeployed(names, present, revision.number);
      for (const row of present.filter((candidate) => names.includes(candidate.environment)))
        await this.take(tx, api, row);
      await this.labels.writeDeployed(tx, api.id);
      await this.records.refreshApi(tx, api, 'REMOVE_API_FROM_GATEWAY');
      return this.list(tx, apiUuid);
    });
  }

  async list(ctx: RequestContext, apiUuid: string, revision?: ApiRevision): Promise<DeploymentView[]> {
    const api = await this.store.get(ctx, apiUuid);
    const manager = managerOf(this.db, ctx);
    const where = { apiId: api.id, ...(revision ? { revisionId: revision.id } : {}) };
    const deployments = await manager.find(ApiDeployment, { where, order: { environment: 'ASC' } });
    const revisions = await manager.find(ApiRevision, { select: { id: true, uuid: true }, where: { apiId: api.id } });
    const uuids = new Map(revisions.map((row) => [row.id, row.uuid]));
    const live = deployments.map((deployment) => ({
      deployment,
      revisionUuid: uuids.get(deployment.revisionId) ?? '',
      status: 'APPROVED' as const,
    }));
    return [...live, ...(await this.waiting(ctx, api, revision))];
  }

  /** Takes back a deployment that waits for approval. @throws NotFoundError when none does */
  async cancelPending(ctx: RequestContext, apiUuid: string, revisionUuid: string, environment: string): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const api = await this.store.lock(tx, apiUuid);
      const revision = await this.revisionOf(tx, api, { uuid: revisionUuid });
      const waiting = await this.waiting(tx, api, revision);
      if (!waiting.some((view) => view.deployment.environment === environment))
        throw new NotFoundError('Pending deployment', environment);
      await this.workflows.cancel(tx, [deploymentWorkflow], subjectOf(api, environment));
    });
  }

  /** @throws ApimError when the API or the revision cannot serve any more */
  async approved(tx: Transaction, { subject, payload }: DecidedTask): Promise<void> {
    const { revisionUuid, target } = payload as WaitingDeployment;
    const api = await this.store.lock(tx, subject.slice(0, subject.indexOf(':')));
    if (api.state === 'RETIRED') throw retired(api);
    const revision = await this.revisionOf(tx, api, { uuid: revisionUuid });
    await this.checks.requirePolicies(tx, revision.body);
    await this.deployTo(tx, api, revision, target);
    await this.labels.writeDeployed(tx, api.id);
    await this.records.refreshApi(tx, api, 'DEPLOY_API_IN_GATEWAY');
  }

  private async mayGoOn(
    tx: Transaction,
    api: Api,
    revision: ApiRevision,
    target: WaitingDeployment['target'],
  ): Promise<boolean> {
    const { environment } = target;
    const { status } = await this.workflows.begin(tx, {
      type: deploymentWorkflow,
      subject: subjectOf(api, environment),
      description: `${callerName(tx)} asks to deploy revision ${revision.number} of the API ${api.name} ${api.version} to ${environment}.`,
      properties: { apiName: api.name, apiVersion: api.version, revisionId: revision.uuid, environment },
      payload: { revisionUuid: revision.uuid, target } satisfies WaitingDeployment,
    });
    return status === 'APPROVED';
  }

  private async waiting(ctx: RequestContext, api: Api, revision?: ApiRevision): Promise<DeploymentView[]> {
    const subjects = (await this.environments.all(ctx)).map(({ name }) => subjectOf(api, name));
    const tasks = await this.workflows.pendingOf(ctx, [deploymentWorkflow], subjects);
    return tasks.flatMap(({ payload, createdAt }) => {
      const { revisionUuid, target } = payload as WaitingDeployment;
      if (revision && revision.uuid !== revisionUuid) return [];
      return [{ deployment: { ...target, createdAt }, revisionUuid, status: 'CREATED' as const }];
    });
  }

  private async place(tx: Transaction, target: DeploymentTarget, i: number) {
    try {
      const environment = await this.environments.getOrThrow(tx, target.environment);
      return { ...target, vhost: chooseVhost(environment, target.vhost).host };
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new InvalidInputError([
        { field: `[${i}].name`, message: `There is no environment "${target.environment}".` },
      ]);
    }
  }

  private async deployTo(
    tx: Transaction,
    api: Api,
    revision: ApiRevision,
    target: DeploymentTarget & { vhost: string },
  ): Promise<void> {
    const { environment, vhost, displayOnDevportal } = target;
    const record = planDeployment(api, revision, { environment, vhost });
    const now = this.clock.nowMs();
    const { organization } = api;
    await tx.manager.delete(ApiDeployment, { apiId: api.id, environment });
    await tx.manager.insert(ApiDeployment, {
      uuid: randomUUID(),
      organization,
      rowVersion: 1,
      createdAt: now,
      updatedAt: now,
      apiId: api.id,
      revisionId: revision.id,
      environment,
      vhost,
      displayOnDevportal,
    });
    await this.records.putDeployment(tx, api, record);
    tx.afterCommit(() =>
      this.log.info(
        {
          event: 'api.deployed',
          apiId: api.uuid,
          revision: revision.number,
          environment,
          by: callerName(tx),
          correlationId: tx.correlationId,
        },
        'API deployed',
      ),
    );
  }

  private async take(tx: Transaction, api: Api, row: ApiDeployment): Promise<void> {
    await tx.manager.delete(ApiDeployment, { id: row.id });
    await this.records.removeDeployment(tx, api, row.environment);
    tx.afterCommit(() =>
      this.log.info(
        {
          event: 'api.undeployed',
          apiId: api.uuid,
          environment: row.environment,
          by: callerName(tx),
          correlationId: tx.correlationId,
        },
        'API undeployed',
      ),
    );
  }

  private async revisionOf(tx: Transaction, api: Api, choice: RevisionChoice): Promise<ApiRevision> {
    const found = await tx.manager.findOneBy(ApiRevision, { apiId: api.id, ...choice });
    if (!found) throw new NotFoundError('Revision', 'uuid' in choice ? choice.uuid : String(choice.number));
    return found;
  }
}

/** One decision an environment at a time. */
function subjectOf(api: Api, environment: string): string {
  return `${api.uuid}:${environment}`;
}

function requireDistinct(targets: readonly DeploymentTarget[]): void {
  if (targets.length === 0) throw new InvalidInputError([{ field: 'body', message: 'Name at least one environment.' }]);
  const names = targets.map((target) => target.environment);
  const repeated = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (repeated >= 0)
    throw new InvalidInputError([
      { field: `[${repeated}].name`, message: `Environment "${names[repeated]}" is listed twice.` },
    ]);
}

function requireDeployed(names: readonly string[], present: readonly ApiDeployment[], number: number): void {
  if (names.length === 0)
    throw new InvalidInputError([
      { field: 'body', message: 'Name at least one environment where this revision is deployed.' },
    ]);
  const problems = names.flatMap((name, i) =>
    present.some((row) => row.environment === name)
      ? []
      : [{ field: `[${i}].name`, message: `Revision ${number} is not deployed on "${name}".` }],
  );
  if (problems.length > 0) throw new InvalidInputError(problems);
}

function retired(api: Api): ApimError {
  return new ApimError({
    code: 'API_RETIRED',
    status: 400,
    message: `API "${api.name}" ${api.version} is retired and is not deployed any more.`,
    action: 'Create a new version of it and deploy that.',
  });
}
