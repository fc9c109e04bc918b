import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ForbiddenError, InvalidInputError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, updateVersioned, type RequestContext, type Transaction } from '@tollgate/database';
import { In, IsNull } from 'typeorm';
import { commentProblems, type CommentInput, type EntryPoint } from '../domain/index.js';
import { callerName } from './access.js';
import { ApiReader } from './api.reader.js';
import { ApiStore } from './api.store.js';
import { ApiComment } from './comment.entity.js';

/** The API that is commented on, and the side its reader is on: that decides which APIs they see. */
export interface CommentedApi {
  readonly apiUuid: string;
  readonly entryPoint: EntryPoint;
}

export interface CommentRange {
  readonly limit: number;
  readonly offset: number;
}

export interface CommentPage {
  readonly list: readonly ApiComment[];
  readonly total: number;
}

/** A comment with some of its replies; a reply has none. */
export interface CommentThread {
  readonly comment: ApiComment;
  readonly replies: CommentPage;
}

/** Scope of those who may delete what others wrote (devportal v3, `DELETE /apis/{apiId}/comments/{commentId}`). */
const moderatorScope = 'apim:admin';

/**
 * Comments on APIs and replies to them, for people on both sides. All of them see all; who wrote one may change it, and
 * moderators may delete it too. Every method throws NotFoundError for an API that the caller does not see.
 */
@Injectable()
export class CommentService {
  constructor(
    private readonly db: Database,
    private readonly store: ApiStore,
    private readonly reader: ApiReader,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Newest first, each with its first replies. @param replyLimit how many replies each comes with */
  async list(
    ctx: RequestContext,
    at: CommentedApi,
    range: CommentRange,
    replyLimit: number,
  ): Promise<{ list: readonly CommentThread[]; total: number }> {
    const apiId = await this.apiId(ctx, at);
    const [rows, total] = await managerOf(this.db, ctx).findAndCount(ApiComment, {
      where: { apiId, parentId: IsNull() },
      order: { id: 'DESC' },
      take: range.limit,
      skip: range.offset,
    });
    return { list: await this.withFirstReplies(ctx, rows, replyLimit), total };
  }

  /** Oldest first. @throws NotFoundError */
  async replies(ctx: RequestContext, at: CommentedApi, uuid: string, range: CommentRange): Promise<CommentPage> {
    return this.repliesTo(ctx, await this.find(ctx, at, uuid), range);
  }

  /** @param range of its replies @throws NotFoundError */
  async get(ctx: RequestContext, at: CommentedApi, uuid: string, range: CommentRange): Promise<CommentThread> {
    const comment = await this.find(ctx, at, uuid);
    return { comment, replies: await this.repliesTo(ctx, comment, range) };
  }

  /** @param replyTo id of the comment that is answered @throws InvalidInputError, NotFoundError */
  add(ctx: RequestContext, at: CommentedApi, input: CommentInput, replyTo?: string): Promise<ApiComment> {
    requireRules(input);
    return this.db.transaction(ctx, async (tx) => {
      const { id: apiId } = await this.hold(tx, at);
      const now = this.clock.nowMs();
      const comment = tx.manager.create(ApiComment, {
        uuid: randomUUID(),
        organization: tx.organization,
        rowVersion: 1,
        createdAt: now,
        updatedAt: now,
        apiId,
        parentId: replyTo === undefined ? null : await parentOf(tx, apiId, replyTo),
        ...input,
        entryPoint: at.entryPoint,
        createdBy: callerName(tx),
      });
      await tx.manager.insert(ApiComment, comment);
      return comment;
    });
  }

  /** Changes what is given. @throws InvalidInputError, NotFoundError; ForbiddenError when somebody else wrote it */
  edit(ctx: RequestContext, at: CommentedApi, uuid: string, changes: Partial<CommentInput>): Promise<ApiComment> {
    requireRules(changes);
    return this.db.transaction(ctx, async (tx) => {
      const comment = await this.find(tx, at, uuid);
      if (!isAuthor(tx, comment)) throw notTheirs('change');
      const { content = comment.content, category = comment.category } = changes;
      return updateVersioned(tx, ApiComment, comment, { content, category }, { nowMs: this.clock.nowMs() });
    });
  }

  /** With its replies. @throws NotFoundError, StaleVersionError; ForbiddenError for who neither wrote it nor moderates */
  async remove(ctx: RequestContext, at: CommentedApi, uuid: string, expectedVersion?: number): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const comment = await this.find(tx, at, uuid);
      if (!isAuthor(tx, comment) && !isModerator(tx)) throw notTheirs('delete');
      const version = expectedVersion === undefined ? {} : { expectedVersion };
      await updateVersioned(tx, ApiComment, comment, {}, { nowMs: this.clock.nowMs(), ...version });
      await tx.manager.delete(ApiComment, { apiId: comment.apiId, parentId: comment.id });
      await tx.manager.delete(ApiComment, { id: comment.id });
    });
  }

  private async find(ctx: RequestContext, at: CommentedApi, uuid: string): Promise<ApiComment> {
    const apiId = await this.apiId(ctx, at);
    const found = await managerOf(this.db, ctx).findOneBy(ApiComment, { apiId, uuid });
    if (!found) throw new NotFoundError('Comment', uuid);
    return found;
  }

  private async apiId(ctx: RequestContext, { apiUuid, entryPoint }: CommentedApi): Promise<number> {
    const api =
      entryPoint === 'publisher' ? await this.store.get(ctx, apiUuid) : await this.reader.getVisible(ctx, apiUuid);
    return api.id;
  }

  /** As `apiId`, and the API is not deleted before the end of the transaction. */
  private hold(tx: Transaction, { apiUuid, entryPoint }: CommentedApi): Promise<{ id: number }> {
    return entryPoint === 'publisher' ? this.store.lock(tx, apiUuid) : this.reader.holdVisible(tx, apiUuid);
  }

  private async repliesTo(ctx: RequestContext, { id, apiId }: ApiComment, range: CommentRange): Promise<CommentPage> {
    const [list, total] = await managerOf(this.db, ctx).findAndCount(ApiComment, {
      where: { apiId, parentId: id },
      order: { id: 'ASC' },
      take: range.limit,
      skip: range.offset,
    });
    return { list, total };
  }

  /** In two statements, however many comments there are. @param comments of one API */
  private async withFirstReplies(
    ctx: RequestContext,
    comments: readonly ApiComment[],
    limit: number,
  ): Promise<CommentThread[]> {
    const apiId = comments[0]?.apiId;
    if (apiId === undefined) return [];
    const manager = managerOf(this.db, ctx);
    const numbered = await manager
      .createQueryBuilder()
      .select('numbered.id', 'id')
      .addSelect('numbered.parentId', 'parentId')
      .addSelect('numbered.total', 'total')
      .from(
        (query) =>
          query
            .select('reply.id', 'id')
            .addSelect('reply.parentId', 'parentId')
            .addSelect('ROW_NUMBER() OVER (PARTITION BY reply.parentId ORDER BY reply.id)', 'place')
            .addSelect('COUNT(*) OVER (PARTITION BY reply.parentId)', 'total')
            .from(ApiComment, 'reply')
            .where('reply.apiId = :apiId AND reply.parentId IN (:...ids)', {
              apiId,
              ids: comments.map(({ id }) => id),
            }),
        'numbered',
      )
      .where('numbered.place <= :limit', { limit })
      .getRawMany<{ id: number; parentId: number; total: number | string }>();
    const rows =
      numbered.length === 0
        ? []
        : await manager.find(ApiComment, { where: { id: In(numbered.map(({ id }) => id)) }, order: { id: 'ASC' } });
    return comments.map((comment) => ({
      comment,
      replies: {
        list: rows.filter(({ parentId }) => parentId === comment.id),
        total: Number(numbered.find(({ parentId }) => parentId === comment.id)?.total ?? 0),
      },
    }));
  }
}

async function parentOf(tx: Transaction, apiId: number, uuid: string): Promise<number> {
  const parent = await tx.manager.findOneBy(ApiComment, { apiId, uuid });
  // Holds it: a comment that is deleted now takes this reply with it, or is gone.
  const held = parent && (await tx.manager.update(ApiComment, { id: parent.id }, { apiId }));
  if (!parent || held?.affected !== 1) throw new NotFoundError('Comment', uuid);
  if (parent.parentId !== null)
    throw new InvalidInputError([
      { field: 'replyTo', message: 'This is a reply: reply to the comment it belongs to.' },
    ]);
  return parent.id;
}

function requireRules(input: Partial<CommentInput>): void {
  const problems = commentProblems(input);
  if (problems.length > 0) throw new InvalidInputError(problems);
}

function isAuthor(ctx: RequestContext, { createdBy }: ApiComment): boolean {
  return ctx.principal !== null && callerName(ctx) === createdBy;
}

function isModerator(ctx: RequestContext): boolean {
  return ctx.principal?.scopes.includes(moderatorScope) === true;
}

function notTheirs(verb: 'change' | 'delete'): ForbiddenError {
  const who = verb === 'change' ? 'Its author' : `Its author, or an administrator (scope ${moderatorScope}),`;
  return new ForbiddenError('COMMENT_OF_ANOTHER', `Somebody else wrote this comment.`, `${who} may ${verb} it.`);
}
