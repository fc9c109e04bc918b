import { Injectable } from '@nestjs/common';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import { Application } from './application.entity.js';

/** Applications as administrators see them: whoever owns them. */
@Injectable()
export class ApplicationReader {
  constructor(private readonly db: Database) {}

  /** Whether the caller's organization has it. */
  exists(ctx: RequestContext, uuid: string): Promise<boolean> {
    return managerOf(this.db, ctx).existsBy(Application, { uuid, organization: ctx.organization });
  }
}
