import { Button, Stack } from '@mantine/core';
import { DataTable, EmptyState, localPage, PageHeader, SearchBox, useListState, type Column } from '@tollgate/ui';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useTenantConfig } from '../../queries/tenant-config';

const EditScope = lazy(async () => ({ default: (await import('./edit-scope')).EditScope }));

interface ScopeRow {
  readonly name: string;
  readonly roles: readonly string[];
}

/** Which roles give which rights on the management surfaces. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const state = useListState('name');
  const [edited, edit] = useState<ScopeRow | null>(null);
  const { data, error, refetch } = useTenantConfig();
  const rows = data?.RESTAPIScopes.Scope.map(({ Name, Roles }) => ({ name: Name, roles: Roles.split(',') }));
  const page =
    rows && localPage(rows, state, ({ name, roles }) => `${name} ${roles.join(' ')}`, { name: ({ name }) => name });
  const columns: Column<ScopeRow>[] = [
    {
      key: 'name',
      header: t('scope.one'),
      sortBy: 'name',
      cell: ({ name }) => <span className="tg-mono">{name}</span>,
    },
    { key: 'roles', header: t('plan.roles'), cell: ({ roles }) => roles.join(', ') },
    {
      key: 'actions',
      header: t('common.actions'),
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`${t('common.edit')}: ${row.name}`}
          onClick={() => edit(row)}
        >
          {t('common.edit')}
        </Button>
      ),
    },
  ];
  return (
    <>
      <PageHeader title={t('scope.title')} about={t('scope.about')} />
      <Stack>
        <SearchBox value={state.query} onSearch={state.search} />
        <DataTable
          label={t('scope.title')}
          columns={columns}
          rowKey={({ name }) => name}
          state={state}
          found={{ data: page, error, refetch }}
          empty={<EmptyState title={t('scope.title')} why={t('scope.about')} />}
        />
      </Stack>
      {edited && (
        <Suspense>
          <EditScope key={edited.name} {...edited} onClose={() => edit(null)} />
        </Suspense>
      )}
    </>
  );
}
