import { Injectable } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { Application } from './application.entity.js';
import { callerOf } from './caller.js';

export const applicationSortColumns = { name: 'a.name', throttlingPolicy: 'a.tier', status: 'a.status' } as const;

export interface ApplicationFilter {
  /** Part of the name, in any letter case. */
  readonly name?: string | undefined;
  readonly sortBy?: keyof typeof applicationSortColumns | undefined;
  readonly sortOrder?: 'asc' | 'desc' | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Finds applications of the caller; nobody else's is ever seen, whatever id is given. */
@Injectable()
export class ApplicationStore {
  constructor(private readonly db: Database) {}

  /** @throws NotFoundError when there is none, or it belongs to somebody else */
  async getOwn(ctx: RequestContext, uuid: string): Promise<Application> {
    const { organization } = ctx;
    const owner = callerOf(ctx).userName;
    const found = await managerOf(this.db, ctx).findOneBy(Application, { uuid, organization, owner });
    if (!found) throw new NotFoundError('Application', uuid);
    return found;
  }

  /**
   * As `getOwn`, and holds the row until the commit: what is made below an application and its deletion wait for each
   * other, so that nothing is left without its application.
   */
  async lockOwn(tx: Transaction, uuid: string): Promise<Application> {
    const owner = callerOf(tx).userName;
    await tx.manager.update(Application, { uuid, organization: tx.organization, owner }, { uuid });
    return this.getOwn(tx, uuid);
  }

  async listOwn(ctx: RequestContext, filter: ApplicationFilter): Promise<{ rows: Application[]; total: number }> {
    const query = managerOf(this.db, ctx)
      .createQueryBuilder(Application, 'a')
      .where('a.organization = :organization AND a.owner = :owner', {
        organization: ctx.organization,
        owner: callerOf(ctx).userName,
      });
    if (filter.name) query.andWhere('INSTR(LOWER(a.name), LOWER(:name)) > 0', { name: filter.name });
    const direction = filter.sortOrder === 'desc' ? 'DESC' : 'ASC';
    const [rows, total] = await query
      .orderBy(applicationSortColumns[filter.sortBy ?? 'name'], direction)
      .addOrderBy('a.id', direction)
      .take(filter.limit)
      .skip(filter.offset)
      .getManyAndCount();
    return { rows, total };
  }
}
