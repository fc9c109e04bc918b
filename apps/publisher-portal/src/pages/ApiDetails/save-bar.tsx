import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { RestError, useErrorText } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiDraft } from './use-api-draft';

/** Save and discard of a form, and what came of the last try. */
export function SaveBar({ draft }: { readonly draft: ApiDraft }): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { isDirty, busy, error } = draft;
  const isStale = error instanceof RestError && error.isStale;
  return (
    <Stack>
      {isStale && (
        <Alert color="yellow" role="alert" title={t('error.stale')}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t('error.staleWhy')}</Text>
            <Button size="xs" variant="default" onClick={() => void draft.rebase()}>
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
            <Button variant="default" disabled={!isDirty || busy} onClick={draft.discard}>
              {t('common.discard')}
            </Button>
            <Button disabled={!isDirty} loading={busy} onClick={draft.save}>
              {t('common.save')}
            </Button>
          </Group>
        </Group>
      </Paper>
    </Stack>
  );
}
