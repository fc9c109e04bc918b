import { entryPoints, generalComment } from '@tollgate/api/domain';
import { listOf, pageQuery } from '@tollgate/http';
import { z } from 'zod';

const category = z.string();

/** Contract: request body of `POST /apis/{apiId}/comments`. Its limits are the domain's. */
export const newComment = z.object({ content: z.string(), category: category.default(generalComment) });
export type NewComment = z.output<typeof newComment>;

/** Contract: request body of `PATCH /apis/{apiId}/comments/{commentId}`; what is absent stays. */
export const changedComment = z.object({ content: z.string().optional(), category: category.optional() });
export type ChangedComment = z.output<typeof changedComment>;

const yesOrNo = z.enum(['true', 'false']).default('false');
export const commentsQuery = pageQuery.extend({ includeCommenterInfo: yesOrNo });
export type CommentsQuery = z.output<typeof commentsQuery>;

const { limit, offset } = pageQuery.shape;
export const commentQuery = z.object({ replyLimit: limit, replyOffset: offset, includeCommenterInfo: yesOrNo });
export type CommentQuery = z.output<typeof commentQuery>;

export const newCommentQuery = z.object({ replyTo: z.string().max(36).optional() });
export type NewCommentQuery = z.output<typeof newCommentQuery>;

const commenterInfo = z.object({ firstName: z.string(), lastName: z.string(), fullName: z.string() });

/** Contract schema `Comment` of a reply, which has no replies of its own. */
const reply = z.object({
  id: z.string(),
  content: z.string(),
  createdTime: z.string(),
  createdBy: z.string(),
  /** Once it was changed. */
  updatedTime: z.string().optional(),
  category: z.string(),
  parentCommentId: z.string().optional(),
  entryPoint: z.enum(entryPoints),
  commenterInfo: commenterInfo.optional(),
});
export type ReplyAnswer = z.output<typeof reply>;
export const repliesAnswer = listOf(reply);

export const commentAnswer = reply.extend({ replies: repliesAnswer.optional() });
export type CommentAnswer = z.output<typeof commentAnswer>;
export const commentListAnswer = listOf(commentAnswer);
