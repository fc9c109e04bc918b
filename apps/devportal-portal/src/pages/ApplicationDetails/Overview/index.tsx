import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { ConfirmDanger, RestError, showDone } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ApplicationForm } from '../../../parts/application-form';
import { useDeleteApplication, useSaveApplication } from '../../../queries/applications';
import { useOAuthKeys } from '../../../queries/keys';
import { useSubscriptions } from '../../../queries/subscriptions';
import { useLoadedApplication } from '../application-context';

/** Name, quota and description of the application, and its end. */
export function Component(): ReactNode {
  return (
    <Stack gap="xl">
      <Edit />
      <Removal />
    </Stack>
  );
}

function Edit(): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const loaded = useLoadedApplication();
  const { applicationId, name, throttlingPolicy, description } = loaded.body;
  const [value, change] = useState({ name, throttlingPolicy, description });
  const save = useSaveApplication(applicationId);
  const isStale = save.error instanceof RestError && save.error.isStale;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ base: loaded, changes: value }, { onSuccess: () => showDone(t('common.saved')) });
  };
  const rebase = async (): Promise<void> => {
    await client.refetchQueries({ queryKey: ['applications', applicationId], exact: true });
    save.reset();
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={560}>
        <ApplicationForm value={value} onChange={change} error={isStale ? null : save.error} />
        {isStale && (
          <Alert color="yellow" role="alert" title={t('error.stale')}>
            <Stack gap="xs" align="flex-start">
              <Text size="sm">{t('error.staleWhy')}</Text>
              <Button size="xs" variant="default" onClick={() => void rebase()}>
                {t('error.load')}
              </Button>
            </Stack>
          </Alert>
        )}
        <Group>
          <Button type="submit" loading={save.isPending} disabled={value.name.trim() === ''}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Removal(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { applicationId, name } = useLoadedApplication().body;
  const [opened, open] = useState(false);
  const subscriptions = useSubscriptions({ applicationId }, opened);
  const keys = useOAuthKeys(applicationId, opened);
  const remove = useDeleteApplication(applicationId);
  const apis = (subscriptions.data ?? []).map(({ apiId, apiInfo }) =>
    apiInfo === undefined ? apiId : `${apiInfo.name} ${apiInfo.version}`,
  );
  const confirm = (): void =>
    remove.mutate(undefined, {
      onSuccess: (waits) => {
        showDone(t(waits === undefined ? 'application.deleted' : 'application.deleteWaits'));
        void navigate('/applications');
      },
    });
  return (
    <Paper className="tg-surface" p="md">
      <Group justify="space-between">
        <Stack gap={4}>
          <Title order={2} size="h3">
            {t('application.delete')}
          </Title>
          <Text size="sm">{t('application.deleteWhy')}</Text>
        </Stack>
        <Button color="danger" onClick={() => open(true)}>
          {t('application.delete')}
        </Button>
      </Group>
      <ConfirmDanger
        opened={opened}
        onClose={() => open(false)}
        title={t('application.delete')}
        action={t('application.delete')}
        name={name}
        busy={remove.isPending || !subscriptions.data || !keys.data}
        onConfirm={confirm}
      >
        {t('application.destroys', {
          keys: keys.data?.list.length ?? 0,
          count: apis.length,
          apis: apis.join(', ') || t('common.none'),
        })}
      </ConfirmDanger>
    </Paper>
  );
}
