import { Anchor, Button, Stack } from '@mantine/core';
import {
  DataTable,
  EmptyState,
  formatNumber,
  PageHeader,
  SearchBox,
  StateBadge,
  useListState,
  useSession,
} from '@tollgate/ui';
import type { Column } from '@tollgate/ui';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { MembersOnly } from '../../parts/members-only';
import { useApplications } from '../../queries/applications';
import type { Application } from '../../types';

export function Component(): ReactNode {
  const { t } = useTranslation();
  const { session } = useSession();
  const create = (
    <Button component={Link} to="/applications/create" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('applications.create')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('applications.title')} about={t('applications.about')}>
        {session !== null && create}
      </PageHeader>
      <MembersOnly why={t('applications.visitorWhy')}>
        <List create={create} />
      </MembersOnly>
    </>
  );
}

function List({ create }: { readonly create: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const state = useListState('name');
  const found = useApplications(state.asQuery);
  const columns: Column<Application>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ applicationId, name }) => (
        <Anchor component={Link} to={`/applications/${applicationId}/overview`} fw={600}>
          {name}
        </Anchor>
      ),
    },
    { key: 'quota', header: t('application.quota'), sortBy: 'throttlingPolicy', cell: (app) => app.throttlingPolicy },
    {
      key: 'subscriptions',
      header: t('application.section.subscriptions'),
      align: 'right',
      cell: (app) => formatNumber(app.subscriptionCount),
    },
    {
      key: 'state',
      header: t('subscription.state'),
      sortBy: 'status',
      cell: ({ status }) => <StateBadge state={status === 'CREATED' ? 'ON_HOLD' : status} />,
    },
  ];
  return (
    <Stack>
      <SearchBox value={state.query} onSearch={state.search} placeholder={t('applications.search')} />
      <DataTable
        label={t('applications.title')}
        columns={columns}
        rowKey={(app) => app.applicationId}
        state={state}
        found={found}
        empty={<EmptyState title={t('applications.none')} why={t('applications.noneWhy')} action={create} />}
      />
    </Stack>
  );
}
