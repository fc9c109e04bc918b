import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { ErrorPanel, Sections, StateBadge, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet, useParams } from 'react-router';
import { useApi } from '../../queries/apis';
import type { Api } from '../../types';
import { ApiActions } from './api-actions';

const sections = (
  [
    [
      'develop',
      ['overview', 'configuration', 'endpoints', 'resources', 'policies', 'runtime-configuration', 'api-definition'],
    ],
    ['deploy', ['deployments']],
    ['manage', ['lifecycle', 'subscriptions', 'documents', 'comments']],
    ['test', ['test-console']],
  ] as const
).map(([group, pages]) => ({
  heading: `api.group.${group}`,
  pages: pages.map((page) => ({ page, label: `api.section.${page}` })),
}));

/** The frame of all pages of one API: its name and state, what can be done with it, and the way to its sections. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { apiId = '' } = useParams();
  const { data, error, refetch } = useApi(apiId);
  useDocumentTitle(`${data?.body.name ?? ''} · Tollgate`);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <Stack gap="lg">
      <ApiHeader api={data.body} />
      <Sections label={t('api.sections')} base={`/apis/${apiId}`} groups={sections}>
        <Outlet context={data} />
      </Sections>
    </Stack>
  );
}

function ApiHeader({ api }: { readonly api: Api }): ReactNode {
  return (
    <Group justify="space-between" align="flex-start">
      <Stack gap={4}>
        <Group gap="sm">
          <Title order={1}>{api.displayName ?? api.name}</Title>
          <Badge variant="default" tt="none">
            {api.version}
          </Badge>
          <StateBadge state={api.lifeCycleStatus} />
        </Group>
        <Text className="tg-mono" c="dimmed">
          {api.context}/{api.version}
        </Text>
      </Stack>
      <ApiActions api={api} />
    </Group>
  );
}
