import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { ErrorPanel, Sections, StateBadge, Waiting, type SectionGroup } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useParams } from 'react-router';
import { useApi } from '../../queries/apis';
import { AverageStars } from '../../parts/average-stars';
import type { Api } from '../../types';

const pages = ['overview', 'credentials', 'api-console', 'documents', 'comments', 'definition'];

/** Calls by a form are for APIs of requests and answers: WebSockets and streams have no console. */
function sectionsOf({ type }: Api): readonly SectionGroup[] {
  const shown = pages.filter((page) => page !== 'api-console' || type === 'HTTP');
  return [{ pages: shown.map((page) => ({ page, label: `api.section.${page}` })) }];
}

/** The frame of all pages of one API: its name and state, and the way to its sections. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { apiId = '' } = useParams();
  const { data, error, refetch } = useApi(apiId);
  useDocumentTitle(`${data?.name ?? ''} · Tollgate`);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <Stack gap="lg">
      <ApiHeader api={data} />
      <Sections label={t('api.sections')} base={`/apis/${apiId}`} groups={sectionsOf(data)}>
        <Outlet context={data} />
      </Sections>
    </Stack>
  );
}

function ApiHeader({ api }: { readonly api: Api }): ReactNode {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" align="flex-start">
      <Stack gap={4}>
        <Group gap="sm">
          <Title order={1}>{api.name}</Title>
          <Badge variant="default" tt="none">
            {api.version}
          </Badge>
          <StateBadge state={api.lifeCycleStatus} />
          <AverageStars average={api.avgRating} />
        </Group>
        <Text c="dimmed" size="sm">
          {t('apis.by', { provider: api.provider })}
        </Text>
      </Stack>
      {api.isSubscriptionAvailable && (
        <Button component={Link} to={`/apis/${api.id}/credentials`}>
          {t('api.getKey')}
        </Button>
      )}
    </Group>
  );
}
