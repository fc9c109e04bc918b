import { Anchor, Button, Group, List, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Facts, formatTime, StateBadge } from '@tollgate/ui';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRevisions } from '../../../queries/revisions';
import { useLoadedApi } from '../api-context';

/** Whether the API is live, and what is missing on the way there. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { body: api } = useLoadedApi();
  const revisions = useRevisions(api.id);
  const deployments = (revisions.data?.list ?? []).flatMap(({ deploymentInfo }) => deploymentInfo);
  const isPublished = api.lifeCycleStatus === 'PUBLISHED';
  const steps = [
    { key: 'endpoint', done: api.endpointConfig !== undefined, to: 'endpoints' },
    { key: 'plans', done: api.policies.length > 0, to: 'subscriptions' },
    { key: 'deployed', done: deployments.length > 0, to: 'deployments' },
    { key: 'published', done: isPublished, to: 'lifecycle' },
  ];
  return (
    <Stack>
      <Paper className="tg-surface" p="md">
        <Title order={2} size="h3" mb="sm">
          {t('overview.ready')}
        </Title>
        <List spacing="xs" listStyleType="none">
          {steps.map(({ key, done, to }) => (
            <List.Item
              key={key}
              icon={done ? <IconCircleCheck size={20} aria-hidden /> : <IconCircleDashed size={20} aria-hidden />}
            >
              <Group gap="sm">
                <Text size="sm">
                  {t(`overview.step.${key}`)}: {done ? t('overview.done') : t('overview.missing')}
                </Text>
                {!done && (
                  <Button component={Link} to={`../${to}`} relative="path" size="compact-sm" variant="default">
                    {t(`overview.go.${key}`)}
                  </Button>
                )}
              </Group>
            </List.Item>
          ))}
        </List>
      </Paper>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Paper className="tg-surface" p="md">
          <Title order={2} size="h3" mb="sm">
            {t('overview.about')}
          </Title>
          <Facts
            rows={[
              [t('common.description'), api.description ?? t('common.none')],
              [t('apis.provider'), api.provider],
              [t('apis.updated'), formatTime(api.lastUpdatedTime)],
              [t('create.plans'), api.policies.join(', ') || t('common.none')],
              [t('overview.tags'), api.tags.join(', ') || t('common.none')],
              [t('overview.operations'), String(api.operations.length)],
            ]}
          />
        </Paper>
        <Paper className="tg-surface" p="md">
          <Title order={2} size="h3" mb="sm">
            {t('overview.where')}
          </Title>
          {deployments.length === 0 && <Text size="sm">{t('overview.nowhere')}</Text>}
          <Stack gap="xs">
            {deployments.map(({ name, deployedGatewayCount, liveGatewayCount, failedGatewayCount }) => (
              <Group key={name} gap="sm">
                <Text size="sm" fw={600}>
                  {name}
                </Text>
                <StateBadge state={failedGatewayCount > 0 ? 'REJECTED' : 'ACTIVE'} />
                <Text size="sm" c="dimmed">
                  {t('deployments.gateways', { live: deployedGatewayCount, all: liveGatewayCount })}
                </Text>
              </Group>
            ))}
            <Anchor component={Link} to="../deployments" relative="path" size="sm">
              {t('api.section.deployments')}
            </Anchor>
          </Stack>
        </Paper>
      </SimpleGrid>
    </Stack>
  );
}
