import { Button, Group, Stack } from '@mantine/core';
import { showDone } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreateApplication } from '../queries/applications';
import type { Application } from '../types';
import { ApplicationForm, noApplication, useChosenQuota } from './application-form';

/** Makes an application and hands it on. */
export function NewApplication({ onMade }: { readonly onMade: (made: Application) => void }): ReactNode {
  const { t } = useTranslation();
  const [value, change] = useState(noApplication);
  const chosen = useChosenQuota();
  const create = useCreateApplication();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate(chosen(value), {
      onSuccess: (made) => {
        showDone(t(made.status === 'APPROVED' ? 'application.made' : 'application.waits'));
        onMade(made);
      },
    });
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={560}>
        <ApplicationForm value={value} onChange={change} error={create.error} />
        <Group>
          <Button type="submit" loading={create.isPending} disabled={value.name.trim() === ''}>
            {t('applications.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
