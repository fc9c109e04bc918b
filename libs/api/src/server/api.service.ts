import { Inject, Injectable } from '@nestjs/common';
import { InvalidInputError, tollgateLogger, type Logger } from '@tollgate/base';
import { Database, type RequestContext, type Transaction } from '@tollgate/database';
import { Not } from 'typeorm';
import {
  alignDefinitionOf,
  changeOnly,
  completeBody,
  exampleProblems,
  generateDefinitionOf,
  normalizeContext,
  versionProblems,
  type ApiBody,
  type ApiIdentity,
  type ApiInput,
} from '../domain/index.js';
import { callerName } from './access.js';
import { ApiChecks } from './api-checks.js';
import { refuseTaken, withoutDuplicates } from './api-conflicts.js';
import { ApiDefinition, ApiLabel, ApiLifecycleEvent } from './api-parts.entity.js';
import { ApiRecords } from './api-records.js';
import { ApiScopeBinding } from './api-scope.entity.js';
import { Workflows } from '@tollgate/workflow/server';
import { ApiUsage } from './api-usage.js';
import { deploymentWorkflow } from './deployment.service.js';
import { stateWorkflow } from './lifecycle.service.js';
import { DocumentStore } from './document.store.js';
import { Api } from './api.entity.js';
import { ApiStore } from './api.store.js';
import { ApiComment } from './comment.entity.js';
import { ApiRating } from './rating.entity.js';
import { ApiDeployment, ApiRevision } from './revision.entity.js';

export interface NewApi {
  /** Context as the caller wrote it: a slash and the tenant's prefix are added. */
  readonly identity: ApiIdentity;
  readonly input: ApiInput;
  /** JSON of an OpenAPI definition; one is made of the operations when it is absent. */
  readonly definition?: string;
  readonly openApiVersion?: 'v2' | 'v3';
}

/** What goes with an API; documents have parts of their own. */
const partsOfApi = [
  ApiDeployment,
  ApiRevision,
  ApiDefinition,
  ApiLabel,
  ApiLifecycleEvent,
  ApiScopeBinding,
  ApiComment,
  ApiRating,
] as const;

/** Creates, changes, copies and deletes the working copy of APIs. */
@Injectable()
export class ApiService {
  constructor(
    private readonly db: Database,
    private readonly store: ApiStore,
    private readonly checks: ApiChecks,
    private readonly records: ApiRecords,
    private readonly usage: ApiUsage,
    private readonly workflows: Workflows,
    private readonly documents: DocumentStore,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  get(ctx: RequestContext, uuid: string): Promise<Api> {
    return this.store.get(ctx, uuid);
  }

  /** @throws InvalidInputError listing every bad field; ConflictError when name or context is taken */
  create(ctx: RequestContext, created: NewApi): Promise<Api> {
    return withoutDuplicates(this.db, ctx, async (tx) => {
      const context = normalizeContext(created.identity.context, tx.organization);
      const identity = { ...created.identity, context };
      const body = completeBody(created.input);
      await this.checks.require(tx, body, identity);
      await refuseTaken(tx, identity);
      const defined = { name: identity.name, version: identity.version, body };
      const definition = created.definition
        ? alignDefinitionOf(created.definition, defined)
        : generateDefinitionOf(defined, created.openApiVersion);
      requireExamples(body, definition);
      return this.insert(tx, identity, body, definition);
    });
  }

  /**
   * Replaces everything that may change. Name, context, version, provider and state stay; operations stay when the
   * input has none.
   * @param only fields that this caller may change; others stay whatever the input says
   * @throws StaleVersionError when `expectedVersion` is not the present one
   */
  update(
    ctx: RequestContext,
    uuid: string,
    input: ApiInput,
    expectedVersion?: number,
    only?: readonly (keyof ApiBody)[],
  ): Promise<Api> {
    return withoutDuplicates(this.db, ctx, async (tx) => {
      const api = await this.store.get(tx, uuid);
      const { clientCertificates } = api.body;
      const wanted = {
        ...completeBody(input, api.body.operations),
        ...(clientCertificates ? { clientCertificates } : {}),
      };
      if (wanted.type !== api.body.type)
        throw new InvalidInputError([{ field: 'type', message: `It stays ${api.body.type}: make another API.` }]);
      const present = { ...api.body, isDefaultVersion: api.defaultOf !== null };
      const body = only ? changeOnly(present, wanted, only) : wanted;
      const definition = await this.store.definition(tx, api);
      const aligned = alignDefinitionOf(definition, { name: api.name, version: api.version, body });
      return this.write(tx, api, body, aligned, expectedVersion);
    });
  }

  /** Stores a checked body and its definition as the new working copy. */
  async write(tx: Transaction, api: Api, given: ApiBody, definition: string, expectedVersion?: number): Promise<Api> {
    const body = this.store.sealed(given, api.body); // an empty secret means the one that is stored
    await this.checks.require(tx, body);
    requireExamples(body, definition);
    if (body.isDefaultVersion) await this.takeDefault(tx, api.name, api.id);
    await this.store.update(tx, api, body, definition, expectedVersion);
    await this.records.refreshApi(tx, api, 'API_UPDATE');
    tx.afterCommit(() => this.audit('api.updated', 'API updated', tx, api));
    return api;
  }

  /** A new version with everything the source has, documents too, in state CREATED and without revisions. */
  copy(ctx: RequestContext, uuid: string, version: string, asDefault: boolean): Promise<Api> {
    return withoutDuplicates(this.db, ctx, async (tx) => {
      const source = await this.store.get(tx, uuid);
      const problems = versionProblems(version).map((problem) => ({ ...problem, field: 'newVersion' }));
      if (problems.length > 0) throw new InvalidInputError(problems);
      const identity = { name: source.name, context: source.context, version };
      await refuseTaken(tx, identity);
      const definition = withVersion(await this.store.definition(tx, source), version);
      const copy = await this.insert(tx, identity, { ...source.body, isDefaultVersion: asDefault }, definition);
      await this.documents.copyAll(tx, source.id, copy.id);
      return copy;
    });
  }

  /** @throws ApimError 409 while subscriptions or the like depend on it */
  delete(ctx: RequestContext, uuid: string, expectedVersion?: number): Promise<void> {
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.lock(tx, uuid);
      await this.store.change(tx, api, {}, expectedVersion);
      await this.usage.requireUnused(tx, api);
      await this.workflows.cancel(tx, [stateWorkflow, deploymentWorkflow], api.uuid);
      const deployments = await tx.manager.findBy(ApiDeployment, { apiId: api.id });
      for (const { environment } of deployments) await this.records.removeDeployment(tx, api, environment);
      for (const part of partsOfApi) await tx.manager.delete(part, { apiId: api.id });
      await this.documents.removeAll(tx, api.id);
      await this.records.refreshApi(tx, api, 'REMOVE_API_FROM_GATEWAY');
      await tx.manager.delete(Api, { id: api.id });
      tx.afterCommit(() => this.audit('api.deleted', 'API deleted', tx, api));
    });
  }

  private async insert(tx: Transaction, identity: ApiIdentity, body: ApiBody, definition: string): Promise<Api> {
    if (body.isDefaultVersion) await this.takeDefault(tx, identity.name);
    const api = await this.store.insert(tx, identity, body, definition);
    const event = {
      apiId: api.id,
      previousState: null,
      postState: api.state,
      userName: callerName(tx),
      at: api.createdAt,
    };
    await tx.manager.insert(ApiLifecycleEvent, event);
    tx.afterCommit(() => this.audit('api.created', 'API created', tx, api));
    return api;
  }

  /** Another version may be the default one so far: it is no more. The unique key refuses what comes in between. */
  private async takeDefault(tx: Transaction, name: string, exceptId = 0): Promise<void> {
    const { organization } = tx;
    const others = await tx.manager.findBy(Api, { organization, defaultOf: name, id: Not(exceptId) });
    for (const other of others) {
      await this.store.change(tx, other, { defaultOf: null });
      await this.records.refreshApi(tx, other, 'API_UPDATE');
    }
  }

  private audit(event: string, text: string, ctx: RequestContext, api: Api): void {
    const { uuid: apiId, name, version, organization } = api;
    this.log.info(
      { event, apiId, name, version, organization, by: callerName(ctx), correlationId: ctx.correlationId },
      text,
    );
  }
}

/** @throws InvalidInputError naming operations that answer with an example which the definition lacks */
function requireExamples(body: ApiBody, definition: string): void {
  const problems = exampleProblems(body, definition);
  if (problems.length > 0) throw new InvalidInputError(problems);
}

function withVersion(definition: string, version: string): string {
  const document = JSON.parse(definition) as { info?: Record<string, unknown> };
  return JSON.stringify({ ...document, info: { ...document.info, version } });
}
