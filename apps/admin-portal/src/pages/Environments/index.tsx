import { Anchor, Button, Stack } from '@mantine/core';
import {
  DataTable,
  EmptyState,
  localPage,
  PageHeader,
  SearchBox,
  useListState,
  useSession,
  type Column,
} from '@tollgate/ui';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { RemoveButton } from '../../parts/remove-button';
import { useEnvironmentChanges, useEnvironments } from '../../queries/environments';
import { scopes } from '../../scopes';
import type { Environment } from '../../types';

/** Where APIs can be deployed. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const mayChange = useSession().can(...scopes.manageEnvironments);
  const state = useListState('name');
  const { data, error, refetch } = useEnvironments();
  const { remove } = useEnvironmentChanges();
  const page =
    data &&
    localPage(data.list, state, ({ name, displayName, description }) => `${name} ${displayName} ${description}`, {
      name: ({ displayName }) => displayName,
    });
  const create = mayChange && (
    <Button component={Link} to="/settings/environments/create" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('environment.create')}
    </Button>
  );
  const columns: Column<Environment>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ id, displayName }) => (
        <Anchor component={Link} to={`/settings/environments/${id}`} fw={600}>
          {displayName}
        </Anchor>
      ),
    },
    {
      key: 'vhosts',
      header: t('environment.vhosts'),
      cell: ({ vhosts }) => (
        <span className="tg-mono">{vhosts.map(({ host, httpsPort }) => `${host}:${httpsPort}`).join(', ')}</span>
      ),
    },
    { key: 'description', header: t('common.description'), cell: ({ description }) => description },
    {
      key: 'actions',
      header: t('common.actions'),
      cell: ({ id, name, isReadOnly }) =>
        isReadOnly ? (
          t('environment.fixed')
        ) : mayChange ? (
          <RemoveButton id={id} name={name} what={t('environment.deleteWhat')} remove={remove} />
        ) : null,
    },
  ];
  return (
    <>
      <PageHeader title={t('environment.title')} about={t('environment.about')}>
        {create}
      </PageHeader>
      <Stack>
        <SearchBox value={state.query} onSearch={state.search} />
        <DataTable
          label={t('environment.title')}
          columns={columns}
          rowKey={({ id }) => id}
          state={state}
          found={{ data: page, error, refetch }}
          empty={<EmptyState title={t('environment.none')} why={t('environment.about')} action={create} />}
        />
      </Stack>
    </>
  );
}
