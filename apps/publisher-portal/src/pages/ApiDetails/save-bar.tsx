import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { RestError, useErrorText } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface SaveBarProps {
  readonly isDirty: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
  /** Takes the newest version as the new base; what was typed stays. */
  readonly onRebase: () => void;
}

/** Save and discard of a form, and what came of the last try. */
export function SaveBar({ isDirty, busy, error, onSave, onDiscard, onRebase }: SaveBarProps): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const isStale = error instanceof RestError && error.isStale;
  return (
    <Stack>
      {isStale && (
        <Alert color="yellow" role="alert" title={t('error.stale')}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t('error.staleWhy')}</Text>
            <Button size="xs" variant="default" onClick={onRebase}>
              {t('error.load')}
            </Button>
          </Stack>
        </Alert>
      )}
      {error !== null && !isStale && (
        <Alert color="danger" role="alert" title={t('error.title')}>
          {errorText(error)}
        </Alert>
      )}
      <Paper className="tg-surface" p="sm" role="status" aria-live="polite">
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {isDirty ? t('common.unsaved') : ''}
          </Text>
          <Group gap="xs">
            <Button variant="default" disabled={!isDirty || busy} onClick={onDiscard}>
              {t('common.discard')}
            </Button>
            <Button disabled={!isDirty} loading={busy} onClick={onSave}>
              {t('common.save')}
            </Button>
          </Group>
        </Group>
      </Paper>
    </Stack>
  );
}
