import type { ApiComment, CommentThread } from '@tollgate/api/server';
import { shownUserName } from '@tollgate/base';
import { pageOf, type Page } from '@tollgate/http';
import type { UserReader } from '@tollgate/identity/server';
import type { CommentAnswer, ReplyAnswer } from './comment-shapes.js';

/** Names of commenters by user name. */
export type CommenterNames = ReadonlyMap<string, NonNullable<ReplyAnswer['commenterInfo']>>;

/** Those of the users that exist; nobody's when `wanted` is false. */
export async function commenterNames(
  users: UserReader,
  comments: readonly ApiComment[],
  wanted: boolean,
): Promise<CommenterNames> {
  const names = new Map<string, NonNullable<ReplyAnswer['commenterInfo']>>();
  if (!wanted) return names;
  const writers = new Map(comments.map(({ createdBy, organization }) => [createdBy, organization]));
  await Promise.all(
    [...writers].map(async ([userName, organization]) => {
      const user = await users.find(organization, userName);
      if (user === null) return;
      const { givenName: firstName, familyName: lastName } = user;
      names.set(userName, { firstName, lastName, fullName: `${firstName} ${lastName}`.trim() });
    }),
  );
  return names;
}

/** @param parentUuid of the comment that this one replies to */
export function replyAnswerOf(comment: ApiComment, names: CommenterNames, parentUuid?: string): ReplyAnswer {
  const { uuid, content, createdAt, updatedAt, rowVersion, createdBy, organization, category, entryPoint } = comment;
  const commenterInfo = names.get(createdBy);
  return {
    id: uuid,
    content,
    createdTime: new Date(createdAt).toISOString(),
    createdBy: shownUserName(createdBy, organization),
    ...(rowVersion > 1 ? { updatedTime: new Date(updatedAt).toISOString() } : {}),
    category,
    ...(parentUuid === undefined ? {} : { parentCommentId: parentUuid }),
    entryPoint,
    ...(commenterInfo === undefined ? {} : { commenterInfo }),
  };
}

/**
 * @param replyPage the range of `thread.replies`
 * @param path of the comments of the API, below the contract's base
 */
export function threadAnswerOf(
  { comment, replies }: CommentThread,
  names: CommenterNames,
  replyPage: Page,
  path: string,
): CommentAnswer {
  const rows = replies.list.map((reply) => replyAnswerOf(reply, names, comment.uuid));
  return {
    ...replyAnswerOf(comment, names),
    replies: pageOf(rows, replies.total, replyPage, `${path}/${comment.uuid}/replies`),
  };
}
