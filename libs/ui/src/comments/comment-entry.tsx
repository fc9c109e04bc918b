import { Button, Group, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatTime } from '../i18n/format';
import { ConfirmDanger } from '../parts/confirm-danger';
import { showDone } from '../parts/toasts';
import { useSession } from '../session/session';
import { toneClass } from '../theme/tones';
import type { Reply } from './comment';
import { CommentForm } from './comment-form';
import { useCommenting, type CommentPlace } from './use-comments';

interface CommentEntryProps {
  readonly place: CommentPlace;
  readonly entry: Reply;
  /** Replies that go when it is deleted. */
  readonly replyCount: number;
  readonly mayWrite: boolean;
  readonly mayModerate: boolean;
  /** Absent: it takes no replies. */
  readonly onReply?: () => void;
}

/** One comment or reply, and what the reader may do with it. */
export function CommentEntry(props: CommentEntryProps): ReactNode {
  const { place, entry, replyCount, mayWrite, mayModerate, onReply } = props;
  const { t } = useTranslation();
  const { session } = useSession();
  const { edit, remove } = useCommenting(place);
  const [isEditing, setEditing] = useState(false);
  const [isDoomed, setDoomed] = useState(false);
  const isMine = session?.user === entry.createdBy;
  const change = async (content: string): Promise<void> => {
    await edit.mutateAsync({ id: entry.id, content });
    setEditing(false);
    showDone(t('common.saved'));
  };
  const gone = (): void => {
    setDoomed(false);
    showDone(t('comments.deleted'));
  };
  return (
    <article aria-label={t('comments.of', { author: entry.createdBy })}>
      <Stack gap={4}>
        <Group gap="xs">
          <Text fw={600}>{entry.createdBy}</Text>
          {entry.entryPoint === 'publisher' && <span className={toneClass('info')}>{t('comments.team')}</span>}
          <Text size="xs" c="dimmed">
            {formatTime(entry.createdTime)}
            {entry.updatedTime !== undefined && ` · ${t('comments.edited', { time: formatTime(entry.updatedTime) })}`}
          </Text>
        </Group>
        {isEditing ? (
          <CommentForm
            label={t('comments.edit')}
            initial={entry.content}
            action={t('common.save')}
            onSend={change}
            onCancel={() => setEditing(false)}
          />
        ) : (
          <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{entry.content}</Text>
        )}
        <Group gap="xs">
          {mayWrite && onReply && <Act label={t('comments.reply')} entry={entry} onAct={onReply} />}
          {mayWrite && isMine && <Act label={t('common.edit')} entry={entry} onAct={() => setEditing(true)} />}
          {((mayWrite && isMine) || mayModerate) && (
            <Act label={t('common.delete')} entry={entry} onAct={() => setDoomed(true)} />
          )}
        </Group>
      </Stack>
      <ConfirmDanger
        opened={isDoomed}
        onClose={() => setDoomed(false)}
        title={t('comments.delete')}
        action={t('comments.delete')}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(entry.id, { onSuccess: gone })}
      >
        {t('comments.destroys', { author: entry.createdBy, count: replyCount })}
      </ConfirmDanger>
    </article>
  );
}

interface ActProps {
  readonly label: string;
  readonly entry: Reply;
  readonly onAct: () => void;
}

/** A small button that also says whose comment it is about. */
function Act({ label, entry, onAct }: ActProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={t('comments.actOn', { action: label, author: entry.createdBy })}
      onClick={onAct}
    >
      {label}
    </Button>
  );
}
