import { Button, Paper, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { showDone } from '../parts/toasts';
import type { Comment } from './comment';
import { CommentEntry } from './comment-entry';
import { CommentForm } from './comment-form';
import { useCommenting, useReplies, type CommentPlace } from './use-comments';

interface CommentThreadProps {
  readonly place: CommentPlace;
  readonly comment: Comment;
  readonly mayWrite: boolean;
  readonly mayModerate: boolean;
}

/** A comment with the replies to it, and the place for another one. */
export function CommentThread({ place, comment, ...rights }: CommentThreadProps): ReactNode {
  const { t } = useTranslation();
  const [isReplying, setReplying] = useState(false);
  const [wantsAll, setWantsAll] = useState(false);
  const all = useReplies(place, comment.id, wantsAll);
  const { add } = useCommenting(place);
  const replies = all.data ?? comment.replies.list;
  const total = all.data?.length ?? comment.replies.pagination?.total ?? replies.length;
  const reply = async (content: string): Promise<void> => {
    await add.mutateAsync({ content, replyTo: comment.id });
    setReplying(false);
    showDone(t('comments.replied'));
  };
  return (
    <Paper component="li" className="tg-surface" p="md">
      <Stack>
        <CommentEntry {...rights} place={place} entry={comment} replyCount={total} onReply={() => setReplying(true)} />
        {replies.length > 0 && (
          <Stack
            component="ul"
            m={0}
            ps="md"
            style={{ listStyle: 'none', borderInlineStart: '2px solid var(--tg-line)' }}
            aria-label={t('comments.repliesTo', { author: comment.createdBy })}
          >
            {replies.map((each) => (
              <li key={each.id}>
                <CommentEntry {...rights} place={place} entry={each} replyCount={0} />
              </li>
            ))}
          </Stack>
        )}
        {replies.length < total && (
          <Button
            w="fit-content"
            size="xs"
            variant="default"
            loading={all.isFetching}
            onClick={() => setWantsAll(true)}
          >
            {t('comments.moreReplies', { count: total - replies.length })}
          </Button>
        )}
        {isReplying && (
          <CommentForm
            label={t('comments.replyTo', { author: comment.createdBy })}
            action={t('comments.reply')}
            onSend={reply}
            onCancel={() => setReplying(false)}
          />
        )}
      </Stack>
    </Paper>
  );
}
