import { Controller, Param, Res, type Type } from '@nestjs/common';
import type { EntryPoint } from '@tollgate/api/domain';
import { CommentService, type CommentedApi, type CommentThread } from '@tollgate/api/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation, pageOf, Query, type OperationOptions } from '@tollgate/http';
import { UserReader } from '@tollgate/identity/server';
import type { FastifyReply } from 'fastify';
import { commenterNames, replyAnswerOf, threadAnswerOf, type CommenterNames } from './comment-answer.js';
import {
  changedComment,
  commentAnswer,
  commentListAnswer,
  commentQuery,
  commentsQuery,
  newComment,
  newCommentQuery,
  repliesAnswer,
  type ChangedComment,
  type CommentAnswer,
  type CommentQuery,
  type CommentsQuery,
  type NewComment,
  type NewCommentQuery,
} from './comment-shapes.js';

/** What differs between the two contracts that have comments. */
export interface CommentSurface {
  /** The contract's prefix first, then other prefixes that mean it. */
  readonly base: readonly [string, ...string[]];
  readonly entryPoint: EntryPoint;
  readonly view: Pick<OperationOptions, 'auth' | 'scopes'>;
  readonly write: readonly string[];
  /** Of those who may call the deletion; who wrote none of it needs `apim:admin`. */
  readonly remove: readonly string[];
}

/** As many replies as a list of comments shows under each. */
const firstReplies = 25;
const list = '/apis/:apiId/comments';
const one = `${list}/:commentId`;

/** A controller of comments on APIs and replies to them (contract tag "Comments" of publisher v4 and devportal v3). */
export function commentsController({ base, entryPoint, view, write, remove }: CommentSurface): Type<object> {
  const at = (apiUuid: string): CommentedApi => ({ apiUuid, entryPoint });
  const pathOf = (apiId: string): string => `/apis/${apiId}/comments`;

  function tellPlace(reply: FastifyReply, rowVersion: number, location: string): void {
    void reply.headers({ etag: `"${rowVersion}"`, location: `${base[0]}${location}` });
  }

  @Controller([...base])
  class CommentsController {
    constructor(
      private readonly comments: CommentService,
      private readonly users: UserReader,
    ) {}

    @Operation({
      ...view,
      method: 'GET',
      path: list,
      summary: 'Comments on an API, newest first, each with its first replies',
      query: commentsQuery,
      answer: commentListAnswer,
    })
    async list(
      @Ctx() ctx: RequestContext,
      @Param('apiId') apiId: string,
      @Query() query: CommentsQuery,
    ): Promise<object> {
      const { list: threads, total } = await this.comments.list(ctx, at(apiId), query, firstReplies);
      const replyPage = { limit: firstReplies, offset: 0 };
      const names = await this.namesIn(threads, query.includeCommenterInfo);
      const rows = threads.map((thread) => threadAnswerOf(thread, names, replyPage, pathOf(apiId)));
      return pageOf(rows, total, query, pathOf(apiId));
    }

    @Operation({
      method: 'POST',
      path: list,
      scopes: write,
      summary: 'Comment on an API, or reply to a comment (`replyTo`)',
      query: newCommentQuery,
      body: newComment,
      answer: commentAnswer,
    })
    async add(
      @Ctx() ctx: RequestContext,
      @Param('apiId') apiId: string,
      @Body() body: NewComment,
      @Query() { replyTo }: NewCommentQuery,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<CommentAnswer> {
      const made = await this.comments.add(ctx, at(apiId), body, replyTo);
      tellPlace(reply, made.rowVersion, `${pathOf(apiId)}/${made.uuid}`);
      return replyAnswerOf(made, new Map(), replyTo);
    }

    @Operation({
      ...view,
      method: 'GET',
      path: one,
      summary: 'Read a comment and replies to it',
      query: commentQuery,
      answer: commentAnswer,
    })
    async get(
      @Ctx() ctx: RequestContext,
      @Param('apiId') apiId: string,
      @Param('commentId') commentId: string,
      @Query() { replyLimit, replyOffset, includeCommenterInfo }: CommentQuery,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<CommentAnswer> {
      const replyPage = { limit: replyLimit, offset: replyOffset };
      const thread = await this.comments.get(ctx, at(apiId), commentId, replyPage);
      void reply.header('etag', `"${thread.comment.rowVersion}"`);
      return threadAnswerOf(thread, await this.namesIn([thread], includeCommenterInfo), replyPage, pathOf(apiId));
    }

    @Operation({
      method: 'PATCH',
      path: one,
      scopes: write,
      summary: 'Change a comment of your own',
      body: changedComment,
      answer: commentAnswer,
    })
    async edit(
      @Ctx() ctx: RequestContext,
      @Param('apiId') apiId: string,
      @Param('commentId') commentId: string,
      @Body() body: ChangedComment,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<CommentAnswer> {
      const changed = await this.comments.edit(ctx, at(apiId), commentId, body);
      tellPlace(reply, changed.rowVersion, `${pathOf(apiId)}/${commentId}`);
      return replyAnswerOf(changed, new Map());
    }

    @Operation({
      method: 'DELETE',
      path: one,
      scopes: remove,
      summary: 'Delete a comment of your own, or anyone’s as an administrator; its replies go with it',
    })
    async remove(
      @Ctx() ctx: RequestContext,
      @Param('apiId') apiId: string,
      @Param('commentId') commentId: string,
      @IfMatch() expectedVersion: number | undefined,
    ): Promise<void> {
      await this.comments.remove(ctx, at(apiId), commentId, expectedVersion);
    }

    @Operation({
      ...view,
      method: 'GET',
      path: `${one}/replies`,
      summary: 'Replies to a comment, oldest first',
      query: commentsQuery,
      answer: repliesAnswer,
    })
    async replies(
      @Ctx() ctx: RequestContext,
      @Param('apiId') apiId: string,
      @Param('commentId') commentId: string,
      @Query() query: CommentsQuery,
    ): Promise<object> {
      const { list: found, total } = await this.comments.replies(ctx, at(apiId), commentId, query);
      const names = await commenterNames(this.users, found, query.includeCommenterInfo === 'true');
      const rows = found.map((comment) => replyAnswerOf(comment, names, commentId));
      return pageOf(rows, total, query, `${pathOf(apiId)}/${commentId}/replies`);
    }

    private namesIn(threads: readonly CommentThread[], wanted: 'true' | 'false'): Promise<CommenterNames> {
      const all = threads.flatMap(({ comment, replies }) => [comment, ...replies.list]);
      return commenterNames(this.users, all, wanted === 'true');
    }
  }
  return CommentsController;
}
