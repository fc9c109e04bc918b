import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { MergeChoice } from './merge-choice';
import { ProblemList } from './problem-list';
import type { EntityForm } from './use-entity-form';

interface EntityBarProps<T extends object> {
  readonly form: EntityForm<T>;
  /** What a field is called on the page. */
  readonly labelOf: (field: keyof T) => string;
  /** Something that a person may not change is shown without the buttons. */
  readonly readOnly?: boolean;
}

/** Save and discard of a form, what came of the last try, and the choice when somebody else changed the same. */
export function EntityBar<T extends object>({ form, labelOf, readOnly = false }: EntityBarProps<T>): ReactNode {
  const { t } = useTranslation();
  if (readOnly) return <Alert color="gray">{t('error.readOnly')}</Alert>;
  return (
    <Stack>
      <ProblemList error={form.error} />
      {form.clash !== null && <MergeChoice form={form} clash={form.clash} labelOf={labelOf} />}
      <Paper className="tg-surface" p="sm">
        <Group justify="space-between">
          <Text size="sm" c="dimmed" role="status" aria-live="polite">
            {form.isDirty ? t('common.unsaved') : ''}
          </Text>
          <Group gap="xs">
            <Button variant="default" disabled={!form.isDirty || form.busy} onClick={form.discard}>
              {t('common.discard')}
            </Button>
            <Button disabled={!form.isDirty || form.clash !== null} loading={form.busy} onClick={form.save}>
              {t('common.save')}
            </Button>
          </Group>
        </Group>
      </Paper>
    </Stack>
  );
}
