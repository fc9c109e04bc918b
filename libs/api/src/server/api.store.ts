import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { NotFoundError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, updateVersioned, type RequestContext, type Transaction } from '@tollgate/database';
import type { ApiBody, ApiIdentity } from '../domain/index.js';
import { basePathOf, sealEndpointSecrets } from '../domain/index.js';
import { endpointSecretPurpose } from '../contract/index.js';
import { callerName, onlyManageable } from './access.js';
import { Api, type ApiSummary } from './api.entity.js';
import { ApiLabels } from './api-labels.js';
import { ApiDefinition } from './api-parts.entity.js';
import { ApiScopes } from './api-scopes.js';

/** Reads and writes the working copy of APIs with its labels and its definition. Knows no rules but that secrets are sealed. */
@Injectable()
export class ApiStore {
  constructor(
    private readonly db: Database,
    private readonly scopes: ApiScopes,
    private readonly labels: ApiLabels,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError when the organization has none of this id, or access control keeps it from the caller */
  async get(ctx: RequestContext, uuid: string): Promise<Api> {
    const query = managerOf(this.db, ctx)
      .createQueryBuilder(Api, 'api')
      .where('api.uuid = :uuid AND api.organization = :organization', { uuid, organization: ctx.organization });
    const found = await onlyManageable(query, ctx).getOne();
    if (!found) throw new NotFoundError('API', uuid);
    return found;
  }

  /** As `get`, and nobody else changes its revisions and deployments until the end of the transaction. */
  async lock(tx: Transaction, uuid: string): Promise<Api> {
    const { id } = await this.get(tx, uuid);
    await tx.manager.update(Api, { id }, { id });
    return this.get(tx, uuid);
  }

  async insert(tx: Transaction, identity: ApiIdentity, given: ApiBody, definition: string): Promise<Api> {
    const body = this.sealed(given);
    const now = this.clock.nowMs();
    const api = tx.manager.create(Api, {
      uuid: randomUUID(),
      organization: tx.organization,
      rowVersion: 1,
      createdAt: now,
      updatedAt: now,
      ...identity,
      basePath: basePathOf(identity.context, identity.version),
      provider: callerName(tx),
      state: 'CREATED',
      defaultOf: body.isDefaultVersion ? identity.name : null,
      lastRevision: 0,
      searchName: identity.name.toLowerCase(),
      searchContext: identity.context.toLowerCase(),
      ...bodyColumns(body),
    });
    await tx.manager.insert(Api, api as never); // free JSON inside has no "deep partial" type
    await tx.manager.insert(ApiDefinition, { apiId: api.id, text: definition });
    await this.writeParts(tx, api, body);
    return api;
  }

  /** @throws StaleVersionError when somebody else changed it meanwhile */
  async update(tx: Transaction, api: Api, given: ApiBody, definition: string, expectedVersion?: number): Promise<void> {
    const body = this.sealed(given, api.body);
    const changes = { ...bodyColumns(body), defaultOf: body.isDefaultVersion ? api.name : null };
    await this.change(tx, api, changes, expectedVersion);
    await tx.manager.update(ApiDefinition, { apiId: api.id }, { text: definition });
    await this.writeParts(tx, api, body);
  }

  /** Changes columns under optimistic locking. */
  async change(tx: Transaction, api: Api, changes: Partial<Api>, expectedVersion?: number): Promise<void> {
    const version = expectedVersion === undefined ? {} : { expectedVersion };
    await updateVersioned(tx, Api, api, changes, { nowMs: this.clock.nowMs(), ...version });
  }

  async definition(ctx: RequestContext, api: Pick<Api, 'id' | 'uuid'>): Promise<string> {
    const found = await managerOf(this.db, ctx).findOneBy(ApiDefinition, { apiId: api.id });
    if (!found) throw new NotFoundError('Definition of API', api.uuid);
    return found.text;
  }

  /** Secrets of back ends are kept sealed, for gateways alone; one that is sealed stays. @param before what is stored now */
  sealed(body: ApiBody, before?: ApiBody): ApiBody {
    const seal = (secret: string): string => this.box.seal(secret, endpointSecretPurpose);
    return { ...body, endpointConfig: sealEndpointSecrets(body.endpointConfig, before?.endpointConfig, seal) };
  }

  private async writeParts(tx: Transaction, api: Api, body: ApiBody): Promise<void> {
    await this.scopes.write(tx, api, body);
    await this.labels.writeWorkingCopy(tx, api.id, body);
  }
}

function bodyColumns(body: ApiBody) {
  return {
    type: body.type,
    visibility: body.visibility,
    accessRestricted: body.accessControl === 'RESTRICTED',
    searchDescription: (body.description ?? '').toLowerCase(),
    summary: summaryOf(body),
    body,
  };
}

function summaryOf(body: ApiBody): ApiSummary {
  const { displayName, description, audience, audiences, transport, tags, policies, securityScheme } = body;
  const { authorizationHeader, apiKeyHeader, additionalProperties, businessInformation, keyManagers, gatewayType } =
    body;
  return {
    displayName,
    description,
    audience,
    audiences,
    transport,
    tags,
    policies,
    securityScheme,
    authorizationHeader,
    apiKeyHeader,
    additionalProperties,
    businessInformation,
    keyManagers,
    gatewayType,
  };
}
