import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { splitProblems } from '../forms/server-problems';
import { longestComment } from './comment';

interface CommentFormProps {
  readonly label: string;
  readonly initial?: string;
  /** The verb on the button. */
  readonly action: string;
  /** Stores the text; a failure is shown at the field and the text stays. */
  readonly onSend: (content: string) => Promise<unknown>;
  /** Absent: the form stays open, empty after every comment. */
  readonly onCancel?: () => void;
}

/** Where a comment or a reply is written. */
export function CommentForm({ label, initial = '', action, onSend, onCancel }: CommentFormProps): ReactNode {
  const { t } = useTranslation();
  const [content, setContent] = useState(initial);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isTooLong = content.length > longestComment;
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      await onSend(content.trim());
      setContent('');
      setProblem(null);
    } catch (error) {
      const { fields, rest } = splitProblems(error, (path) => (path === 'content' ? path : undefined));
      setProblem(fields['content'] ?? rest);
    }
    setBusy(false);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Stack gap="xs">
        <Textarea
          label={label}
          description={t('comments.length', { count: content.length, most: longestComment })}
          error={isTooLong ? t('comments.tooLong', { most: longestComment }) : problem}
          value={content}
          autosize
          minRows={2}
          data-autofocus={onCancel !== undefined || undefined}
          autoFocus={onCancel !== undefined}
          onChange={(event) => setContent(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button type="submit" size="sm" loading={busy} disabled={content.trim() === '' || isTooLong}>
            {action}
          </Button>
          {onCancel && (
            <Button size="sm" variant="default" onClick={onCancel}>
              {t('common.cancel')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
