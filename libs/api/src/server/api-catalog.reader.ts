import { Injectable } from '@nestjs/common';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import { onlyManageable } from './access.js';
import { pageOfApis, type ApiListRequest, type ApiPage } from './api-query.js';
import { Api } from './api.entity.js';

/** APIs of any state, as publishers see them. */
@Injectable()
export class ApiCatalogReader {
  constructor(private readonly db: Database) {}

  list(ctx: RequestContext, request: ApiListRequest): Promise<ApiPage> {
    const query = managerOf(this.db, ctx)
      .createQueryBuilder(Api, 'api')
      .where('api.organization = :organization', { organization: ctx.organization });
    return pageOfApis(onlyManageable(query, ctx), request);
  }

  /** Whether any API of the organization has exactly this name, context or version, whoever may see it. */
  async isTaken(ctx: RequestContext, where: { name?: string; context?: string; version?: string }): Promise<boolean> {
    return managerOf(this.db, ctx).existsBy(Api, { organization: ctx.organization, ...where });
  }
}
