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
import { ApiDeployment, ApiRevision } from './revision.entity.js';

/** Where to deploy. */
export interface DeploymentTarget {
  readonly environment: string;
  /** Default: the environment's first virtual host. */
  readonly vhost?: string | undefined;
  readonly displayOnDevportal: boolean;
}

export interface DeploymentView {
  readonly deployment: ApiDeployment;
  readonly revisionUuid: string;
}

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
      for (const [i, target] of targets.entries())
        await this.deployTo(tx, api, revision, await this.place(tx, target, i));
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
    return deployments.map((deployment) => ({ deployment, revisionUuid: uuids.get(deployment.revisionId) ?? '' }));
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
