import { NotFoundError } from '@tollgate/base';
import { isTransaction, managerOf, type Database, type RequestContext } from '@tollgate/database';
import { mayUseEnvironment } from '../domain/index.js';
import { Environment } from './environment.entity.js';

/** The environments that an organization may deploy to: its own and the read-only ones of the configuration. */
export class EnvironmentReader {
  constructor(private readonly db: Database) {}

  /** By name; only those that the caller's roles may use, all of them for the system itself. */
  async list(ctx: RequestContext): Promise<Environment[]> {
    const rows = await this.all(ctx);
    return rows.filter((row) => mayUse(ctx, row));
  }

  /** Whatever the caller's roles: for administrators. */
  all(ctx: RequestContext): Promise<Environment[]> {
    return managerOf(this.db, ctx).find(Environment, {
      where: [{ organization: ctx.organization }, { isReadOnly: true }],
      order: { name: 'ASC' },
    });
  }

  /**
   * Inside a transaction the environment cannot be deleted before its end, so what refers to it stays right.
   * @throws NotFoundError when there is none of this name, or the caller's roles may not use it
   */
  async getOrThrow(ctx: RequestContext, name: string): Promise<Environment> {
    const rows = await managerOf(this.db, ctx).find(Environment, {
      where: [
        { organization: ctx.organization, name },
        { isReadOnly: true, name },
      ],
      ...(isTransaction(ctx) && !this.db.isSqlite ? { lock: { mode: 'pessimistic_read' as const } } : {}),
    });
    const found = rows.find((row) => row.isReadOnly) ?? rows[0];
    if (!found || !mayUse(ctx, found)) throw new NotFoundError('Environment', name);
    return found;
  }
}

function mayUse(ctx: RequestContext, environment: Environment): boolean {
  return ctx.principal === null || mayUseEnvironment(environment.details.permissions, ctx.principal.roles);
}
