import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ApimError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { In } from 'typeorm';
import { Api } from './api.entity.js';
import { ApiService } from './api.service.js';
import { ApiStore } from './api.store.js';
import { ApiDeployment, ApiRevision } from './revision.entity.js';

/** More would be kept for nobody: gateways serve one per environment. */
export const maxRevisions = 5;

/** A revision without its body, and where it serves. */
export interface RevisionView {
  readonly api: { readonly uuid: string };
  readonly revision: Pick<ApiRevision, 'id' | 'uuid' | 'number' | 'description' | 'createdAt'>;
  readonly deployments: readonly ApiDeployment[];
}

/** Numbered, unchangeable copies of an API. */
@Injectable()
export class RevisionService {
  constructor(
    private readonly db: Database,
    private readonly store: ApiStore,
    private readonly apis: ApiService,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @throws ApimError 400 when the API has `maxRevisions` already */
  create(ctx: RequestContext, apiUuid: string, description: string): Promise<RevisionView> {
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.lock(tx, apiUuid);
      if ((await tx.manager.countBy(ApiRevision, { apiId: api.id })) >= maxRevisions) throw tooMany(api);
      const revision = await this.insert(tx, api, description);
      return { api, revision, deployments: [] };
    });
  }

  /** Newest last. @param onlyDeployed true: those that serve somewhere; false: those that do not */
  async list(ctx: RequestContext, apiUuid: string, onlyDeployed?: boolean): Promise<RevisionView[]> {
    const api = await this.store.get(ctx, apiUuid);
    const manager = managerOf(this.db, ctx);
    const revisions = await manager.find(ApiRevision, {
      select: { id: true, uuid: true, number: true, description: true, createdAt: true },
      where: { apiId: api.id },
      order: { number: 'ASC' },
    });
    const deployments = await manager.findBy(ApiDeployment, {
      apiId: api.id,
      revisionId: In(revisions.map((row) => row.id)),
    });
    const views = revisions.map((revision) => ({
      api,
      revision,
      deployments: deployments.filter((row) => row.revisionId === revision.id),
    }));
    return onlyDeployed === undefined ? views : views.filter((view) => view.deployments.length > 0 === onlyDeployed);
  }

  /** @throws NotFoundError when this API has no such revision */
  async get(ctx: RequestContext, apiUuid: string, revisionUuid: string): Promise<RevisionView> {
    const found = (await this.list(ctx, apiUuid)).find((view) => view.revision.uuid === revisionUuid);
    if (!found) throw new NotFoundError('Revision', revisionUuid);
    return found;
  }

  /** @throws ApimError 400 while it is deployed */
  delete(ctx: RequestContext, apiUuid: string, revisionUuid: string): Promise<void> {
    return this.db.transaction(ctx, async (tx) => {
      await this.store.lock(tx, apiUuid);
      const { revision, deployments } = await this.get(tx, apiUuid, revisionUuid);
      if (deployments.length > 0)
        throw stillDeployed(
          revision.number,
          deployments.map((row) => row.environment),
        );
      await tx.manager.delete(ApiRevision, { id: revision.id });
    });
  }

  /** Makes the working copy what the revision is. The revision itself stays. */
  restore(ctx: RequestContext, apiUuid: string, revisionUuid: string): Promise<Api> {
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.lock(tx, apiUuid);
      const revision = await tx.manager.findOneBy(ApiRevision, { apiId: api.id, uuid: revisionUuid });
      if (!revision) throw new NotFoundError('Revision', revisionUuid);
      // Which version is the default one is no matter of revisions: it stays as it is.
      const body = { ...revision.body, isDefaultVersion: api.defaultOf !== null };
      return this.apis.write(tx, api, body, revision.definition);
    });
  }

  private async insert(tx: Transaction, api: Api, description: string): Promise<ApiRevision> {
    const now = this.clock.nowMs();
    const number = api.lastRevision + 1;
    await tx.manager.update(Api, { id: api.id }, { lastRevision: number });
    const revision = tx.manager.create(ApiRevision, {
      uuid: randomUUID(),
      organization: api.organization,
      rowVersion: 1,
      createdAt: now,
      updatedAt: now,
      apiId: api.id,
      number,
      description,
      body: api.body,
      definition: await this.store.definition(tx, api),
    });
    await tx.manager.insert(ApiRevision, revision as never); // free JSON inside has no "deep partial" type
    return revision;
  }
}

function tooMany(api: Api): ApimError {
  return new ApimError({
    code: 'TOO_MANY_REVISIONS',
    status: 400,
    message: `API "${api.name}" ${api.version} has ${maxRevisions} revisions, which is the most it may have.`,
    action: 'Delete a revision that is not deployed, then create the new one.',
  });
}

function stillDeployed(number: number, environments: readonly string[]): ApimError {
  return new ApimError({
    code: 'REVISION_DEPLOYED',
    status: 400,
    message: `Revision ${number} is deployed on ${environments.join(', ')}.`,
    action: 'Undeploy it there or deploy another revision, then delete it.',
  });
}
