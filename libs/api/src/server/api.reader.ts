import { Injectable } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { In, LessThan, type SelectQueryBuilder } from 'typeorm';
import type { ApiBody } from '../domain/index.js';
import { onlySubscribable } from './access.js';
import { ApiDefinition, ApiLabel } from './api-parts.entity.js';
import { pageOfApis, type ApiListRequest, type ApiPage } from './api-query.js';
import { viewColumns, viewOf, type ApiView } from './api-view.js';
import { Api } from './api.entity.js';
import { ApiDeployment } from './revision.entity.js';

/** Where subscribers find an API. */
export interface PublicDeployment {
  readonly environment: string;
  readonly vhost: string;
  readonly deployedAt: number;
}

/**
 * What subscribers, and other domains for them, may know of APIs. "Visible" means published, prototyped, blocked or
 * deprecated, and open to the caller; a context without a user is a visitor and sees public APIs only.
 */
@Injectable()
export class ApiReader {
  constructor(private readonly db: Database) {}

  /** null when there is none, it is not visible to the caller, or it belongs to another organization. */
  async findVisible(ctx: RequestContext, uuid: string): Promise<ApiView | null> {
    const found = await onlySubscribable(this.query(ctx), ctx).andWhere('api.uuid = :uuid', { uuid }).getOne();
    return found ? viewOf(found) : null;
  }

  /** @throws NotFoundError in the cases where `findVisible` is null */
  async getVisible(ctx: RequestContext, uuid: string): Promise<ApiView> {
    const found = await this.findVisible(ctx, uuid);
    if (!found) throw new NotFoundError('API', uuid);
    return found;
  }

  /** As `getVisible`, and the API is not deleted before the end of the transaction, so what refers to it stays right. */
  async holdVisible(tx: Transaction, uuid: string): Promise<ApiView> {
    const query = onlySubscribable(this.query(tx), tx).andWhere('api.uuid = :uuid', { uuid });
    // SQLite runs one transaction at a time and knows no row locks.
    const found = await (this.db.isSqlite ? query : query.setLock('pessimistic_read')).getOne();
    if (!found) throw new NotFoundError('API', uuid);
    return viewOf(found);
  }

  listVisible(ctx: RequestContext, request: ApiListRequest): Promise<ApiPage> {
    return pageOfApis(onlySubscribable(this.query(ctx), ctx), request);
  }

  /** Tags of the visible APIs with how many carry each, in their order. */
  async visibleTags(ctx: RequestContext): Promise<{ value: string; count: number }[]> {
    const rows = await onlySubscribable(this.query(ctx), ctx)
      .innerJoin(ApiLabel, 'label', "label.apiId = api.id AND label.kind = 'tag'")
      .select('label.value', 'value')
      .addSelect('COUNT(*)', 'count')
      .groupBy('label.value')
      .orderBy('label.value')
      .getRawMany<{ value: string; count: number | string }>();
    return rows.map(({ value, count }) => ({ value, count: Number(count) }));
  }

  /** Operations, scopes and the rest of a visible API. @throws NotFoundError */
  async getVisibleBody(ctx: RequestContext, uuid: string): Promise<{ view: ApiView; body: ApiBody }> {
    const view = await this.getVisible(ctx, uuid);
    const { body } = await managerOf(this.db, ctx).findOneOrFail(Api, {
      select: { id: true, body: true },
      where: { id: view.id },
    });
    return { view, body };
  }

  /** OpenAPI definition of a visible API, as JSON. @throws NotFoundError */
  async getVisibleDefinition(ctx: RequestContext, uuid: string): Promise<{ view: ApiView; text: string }> {
    const view = await this.getVisible(ctx, uuid);
    const { text } = await managerOf(this.db, ctx).findOneByOrFail(ApiDefinition, { apiId: view.id });
    return { view, text };
  }

  /** In any state, whoever may see it: for lists of what refers to APIs. null when the organization has none. */
  async find(ctx: RequestContext, uuid: string): Promise<ApiView | null> {
    return (await this.findAll(ctx, [uuid])).get(uuid) ?? null;
  }

  /** As `find` for many, in one query. */
  async findAll(ctx: RequestContext, uuids: readonly string[]): Promise<Map<string, ApiView>> {
    if (uuids.length === 0) return new Map();
    const rows = await this.query(ctx)
      .andWhere({ uuid: In([...uuids]) })
      .getMany();
    return new Map(rows.map((row) => [row.uuid, viewOf(row)]));
  }

  /** Ids of the versions of the same API that were made before this one, in any state. */
  async earlierVersions(ctx: RequestContext, api: Pick<ApiView, 'id' | 'name'>): Promise<string[]> {
    const rows = await managerOf(this.db, ctx).find(Api, {
      select: { id: true, uuid: true },
      where: { organization: ctx.organization, name: api.name, id: LessThan(api.id) },
    });
    return rows.map((row) => row.uuid);
  }

  /** Deployments that the devportal shows, by environment. */
  async publicDeployments(ctx: RequestContext, api: Pick<ApiView, 'id'>): Promise<PublicDeployment[]> {
    const rows = await managerOf(this.db, ctx).find(ApiDeployment, {
      where: { apiId: api.id, displayOnDevportal: true },
      order: { environment: 'ASC' },
    });
    return rows.map(({ environment, vhost, createdAt }) => ({ environment, vhost, deployedAt: createdAt }));
  }

  private query(ctx: RequestContext): SelectQueryBuilder<Api> {
    return managerOf(this.db, ctx)
      .createQueryBuilder(Api, 'api')
      .select(viewColumns.map((column) => `api.${column}`))
      .where('api.organization = :organization', { organization: ctx.organization });
  }
}
