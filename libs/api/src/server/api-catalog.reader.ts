import { Injectable } from '@nestjs/common';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import { calledHosts } from '../domain/index.js';
import { onlyManageable } from './access.js';
import { pageOfApis, type ApiListRequest, type ApiPage } from './api-query.js';
import { viewOf, type ApiView } from './api-view.js';
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

  /** Those whose working copy calls a host over TLS, by name. @param host `host` or `host:port` where that is not 443 */
  async callingHost(ctx: RequestContext, host: string): Promise<ApiView[]> {
    const query = managerOf(this.db, ctx)
      .createQueryBuilder(Api, 'api')
      .where('api.organization = :organization', { organization: ctx.organization })
      // Cheap and too wide: bodies hold the host in many places.
      .andWhere('INSTR(LOWER(api.body), :hostname) > 0', { hostname: new URL(`https://${host}`).hostname })
      .orderBy({ 'api.name': 'ASC', 'api.id': 'ASC' });
    const found = await onlyManageable(query, ctx).getMany();
    return found.filter((api) => calledHosts(api.body.endpointConfig ?? null).has(host)).map(viewOf);
  }

  /** Whether any API of the organization has exactly this name, context or version, whoever may see it. */
  async isTaken(ctx: RequestContext, where: { name?: string; context?: string; version?: string }): Promise<boolean> {
    return managerOf(this.db, ctx).existsBy(Api, { organization: ctx.organization, ...where });
  }
}
