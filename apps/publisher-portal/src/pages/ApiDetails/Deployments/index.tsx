import { Button, Group, Menu, Paper, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { ErrorPanel, formatTime, StateBadge, useSession, Waiting } from '@tollgate/ui';
import { IconDots } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { targetsOf, useDeployment, useRevisions } from '../../../queries/revisions';
import { useSettings } from '../../../queries/settings';
import type { Deployment, Environment, Revision } from '../../../types';
import { useLoadedApi } from '../api-context';

/** What runs where, what each gateway says of it, and the revisions that could. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { body: api } = useLoadedApi();
  const settings = useSettings();
  const { data, error, refetch } = useRevisions(api.id);
  const { deploy, redeploy, undeploy, restore, remove } = useDeployment(api.id);
  const mayDeploy = useSession().can('apim:api_create', 'apim:api_manage', 'apim:api_publish');
  const [description, setDescription] = useState('');
  if (error) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data || !settings.data) return <Waiting />;
  const environments = settings.data.environment;
  const targets = targetsOf(environments);
  return (
    <Stack gap="lg">
      {mayDeploy && (
        <Paper className="tg-surface" p="md">
          <Group align="flex-end">
            <TextInput
              flex={1}
              label={t('deployments.what')}
              maxLength={255}
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
            <Button
              loading={deploy.isPending}
              onClick={() => deploy.mutate({ description, targets }, { onSuccess: () => setDescription('') })}
            >
              {t('deployments.deploy')}
            </Button>
          </Group>
        </Paper>
      )}
      <EnvironmentTable
        environments={environments}
        revisions={data.list}
        mayChange={mayDeploy}
        onUndeploy={undeploy.mutate}
      />
      <div>
        <Title order={2} size="h3" mb="sm">
          {t('deployments.revisions', { count: data.list.length })}
        </Title>
        <Table className="tg-table" aria-label={t('deployments.revisions', { count: data.list.length })}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('deployments.revision')}</Table.Th>
              <Table.Th>{t('common.description')}</Table.Th>
              <Table.Th>{t('lifecycle.at')}</Table.Th>
              <Table.Th aria-label={t('common.actions')} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.list.map((revision) => (
              <Table.Tr key={revision.id}>
                <Table.Td>{revision.displayName}</Table.Td>
                <Table.Td>{revision.description}</Table.Td>
                <Table.Td>{formatTime(revision.createdTime)}</Table.Td>
                <Table.Td ta="right">
                  {mayDeploy && (
                    <Menu>
                      <Menu.Target>
                        <Button size="compact-sm" variant="default" leftSection={<IconDots size={14} aria-hidden />}>
                          {t('common.actions')}
                        </Button>
                      </Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item onClick={() => redeploy.mutate({ revisionId: revision.id, targets })}>
                          {t('deployments.deployThis')}
                        </Menu.Item>
                        <Menu.Item onClick={() => restore.mutate(revision.id)}>{t('deployments.restore')}</Menu.Item>
                        <Menu.Item
                          color="danger"
                          disabled={revision.deploymentInfo.length > 0}
                          onClick={() => remove.mutate(revision.id)}
                        >
                          {t('common.delete')}
                        </Menu.Item>
                      </Menu.Dropdown>
                    </Menu>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Stack>
  );
}

interface EnvironmentTableProps {
  readonly environments: readonly Environment[];
  readonly revisions: readonly Revision[];
  readonly mayChange: boolean;
  readonly onUndeploy: (deployment: Deployment) => void;
}

function EnvironmentTable({ environments, revisions, mayChange, onUndeploy }: EnvironmentTableProps): ReactNode {
  const { t } = useTranslation();
  const live = revisions.flatMap((revision) => revision.deploymentInfo.map((deployment) => ({ revision, deployment })));
  return (
    <Table className="tg-table" aria-label={t('deployments.where')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('deployments.environment')}</Table.Th>
          <Table.Th>{t('deployments.revision')}</Table.Th>
          <Table.Th>{t('apis.state')}</Table.Th>
          <Table.Th aria-label={t('common.actions')} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {environments.map(({ name, displayName }) => {
          const here = live.find(({ deployment }) => deployment.name === name);
          return (
            <Table.Tr key={name}>
              <Table.Td>{displayName}</Table.Td>
              <Table.Td>{here?.revision.displayName ?? '—'}</Table.Td>
              <Table.Td>{here ? <GatewayState deployment={here.deployment} /> : t('deployments.none')}</Table.Td>
              <Table.Td ta="right">
                {here && mayChange && (
                  <Button size="compact-sm" variant="default" onClick={() => onUndeploy(here.deployment)}>
                    {t('deployments.undeploy')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

/** From what gateways acknowledged, never from what was asked for. */
function GatewayState({ deployment }: { readonly deployment: Deployment }): ReactNode {
  const { t } = useTranslation();
  const { liveGatewayCount: all, deployedGatewayCount: live, failedGatewayCount: failed } = deployment;
  const state = failed > 0 ? 'REJECTED' : live < all ? 'PENDING' : 'ACTIVE';
  return (
    <Group gap="sm">
      <StateBadge state={state} />
      <Text size="sm">
        {failed > 0 ? t('deployments.failed', { failed, all }) : t('deployments.gateways', { live, all })}
      </Text>
    </Group>
  );
}
