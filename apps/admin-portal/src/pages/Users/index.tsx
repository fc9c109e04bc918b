import { Stack } from '@mantine/core';
import { DataTable, EmptyState, PageHeader, SearchBox, toneClass, useListState, type Column } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CreateLink } from '../../parts/create-link';
import { NameLink } from '../../parts/name-link';
import { mailOf, stateOf, useUsers, type AccountState, type User } from '../../queries/users';

const tones = { ACTIVE: 'ok', LOCKED: 'bad', DISABLED: 'neutral', PENDING: 'wait' } as const;

/** The people of the organization. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const state = useListState();
  const found = useUsers(state);
  const create = <CreateLink to="/users/create">{t('user.create')}</CreateLink>;
  const columns: Column<User>[] = [
    {
      key: 'name',
      header: t('user.name'),
      cell: ({ id, userName }) => <NameLink to={`/users/${id}`}>{userName}</NameLink>,
    },
    { key: 'mail', header: t('user.email'), cell: mailOf },
    { key: 'roles', header: t('user.roles'), cell: ({ roles }) => roles.map(({ display }) => display).join(', ') },
    { key: 'state', header: t('topology.state'), cell: (user) => <Account state={stateOf(user)} /> },
  ];
  return (
    <>
      <PageHeader title={t('user.title')} about={t('user.about')}>
        {create}
      </PageHeader>
      <Stack>
        <SearchBox value={state.query} placeholder={t('user.search')} onSearch={state.search} />
        <DataTable
          label={t('user.title')}
          columns={columns}
          rowKey={({ id }) => id}
          state={state}
          found={found}
          empty={<EmptyState title={t('user.title')} why={t('user.about')} action={create} />}
        />
      </Stack>
    </>
  );
}

function Account({ state }: { readonly state: AccountState }): ReactNode {
  const { t } = useTranslation();
  return <span className={toneClass(tones[state])}>{t(`user.states.${state}`)}</span>;
}
