import { Button, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState, ErrorPanel, Waiting } from '../data/states';
import { showDone } from '../parts/toasts';
import { CommentForm } from './comment-form';
import { CommentThread } from './comment-thread';
import { useCommenting, useComments, type CommentPlace } from './use-comments';

interface CommentsProps extends CommentPlace {
  readonly mayWrite: boolean;
  /** May delete what others wrote. */
  readonly mayModerate: boolean;
  /** Shown in the place of the form to who may not write. */
  readonly invitation: ReactNode;
}

/** What people on both sides say about an API; the same in the publisher and the developer portal. */
export function Comments({ rest, apiId, invitation, ...rights }: CommentsProps): ReactNode {
  const { t } = useTranslation();
  const place = { rest, apiId };
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useComments(place);
  const { add } = useCommenting(place);
  const post = async (content: string): Promise<void> => {
    await add.mutateAsync({ content });
    showDone(t('comments.posted'));
  };
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const comments = data.pages.flatMap(({ list }) => list);
  return (
    <Stack>
      {rights.mayWrite ? (
        <CommentForm label={t('comments.write')} action={t('comments.post')} onSend={post} />
      ) : (
        invitation
      )}
      {comments.length === 0 ? (
        <EmptyState title={t('comments.none')} why={t('comments.noneWhy')} />
      ) : (
        <>
          <Text size="sm" c="dimmed" role="status">
            {t('comments.total', { count: data.pages[0]?.pagination?.total ?? comments.length })}
          </Text>
          <Stack component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
            {comments.map((comment) => (
              <CommentThread key={comment.id} {...rights} place={place} comment={comment} />
            ))}
          </Stack>
        </>
      )}
      {hasNextPage && (
        <Button w="fit-content" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('comments.more')}
        </Button>
      )}
    </Stack>
  );
}
