import { Badge, Group, NavLink, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { ErrorPanel, StateBadge, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useLocation, useParams } from 'react-router';
import { useApi } from '../../queries/apis';
import type { Api } from '../../types';
import { ApiActions } from './api-actions';
import classes from './api-details.module.css';

const sections = [
  ['develop', ['overview', 'configuration', 'endpoints', 'resources', 'runtime-configuration', 'api-definition']],
  ['deploy', ['deployments']],
  ['manage', ['lifecycle', 'subscriptions']],
  ['test', ['test-console']],
] as const;

/** The frame of all pages of one API: its name and state, what can be done with it, and the way to its sections. */
export function Component(): ReactNode {
  const { apiId = '' } = useParams();
  const { data, error, refetch } = useApi(apiId);
  useDocumentTitle(`${data?.body.name ?? ''} · Tollgate`);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <Stack gap="lg">
      <ApiHeader api={data.body} />
      <div className={classes['columns']}>
        <SectionNav apiId={apiId} />
        <div className={classes['content']}>
          <Outlet context={data} />
        </div>
      </div>
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

function SectionNav({ apiId }: { readonly apiId: string }): ReactNode {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <nav aria-label={t('api.sections')} className={classes['nav']}>
      {sections.map(([group, pages]) => (
        <div key={group}>
          <Text size="xs" fw={600} c="dimmed" px="sm" pt="xs">
            {t(`api.group.${group}`)}
          </Text>
          {pages.map((page) => {
            const isHere = pathname.endsWith(`/${page}`);
            return (
              <NavLink
                key={page}
                component={Link}
                to={`/apis/${apiId}/${page}`}
                label={t(`api.section.${page}`)}
                active={isHere}
                aria-current={isHere ? 'page' : undefined}
              />
            );
          })}
        </div>
      ))}
    </nav>
  );
}
