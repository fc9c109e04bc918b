import { Alert, Group, Stack, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { ErrorPanel, Sections, StateBadge, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet, useParams } from 'react-router';
import { MembersOnly } from '../../parts/members-only';
import { useApplication } from '../../queries/applications';

const sections = [
  {
    pages: ['overview', 'productionkeys', 'sandboxkeys', 'apikeys', 'subscriptions'].map((page) => ({
      page,
      label: `application.section.${page}`,
    })),
  },
];

/** The frame of all pages of one application. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  return (
    <MembersOnly why={t('applications.visitorWhy')}>
      <Loaded />
    </MembersOnly>
  );
}

function Loaded(): ReactNode {
  const { t } = useTranslation();
  const { applicationId = '' } = useParams();
  const { data, error, refetch } = useApplication(applicationId);
  useDocumentTitle(`${data?.body.name ?? ''} · Tollgate`);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const { name, status } = data.body;
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <Title order={1}>{name}</Title>
        <StateBadge state={status === 'CREATED' ? 'ON_HOLD' : status} />
      </Group>
      {status === 'CREATED' && <Alert color="yellow">{t('application.waitsWhy')}</Alert>}
      {status === 'REJECTED' && <Alert color="danger">{t('application.rejectedWhy')}</Alert>}
      <Sections label={t('application.sections')} base={`/applications/${applicationId}`} groups={sections}>
        <Outlet context={data} />
      </Sections>
    </Stack>
  );
}
