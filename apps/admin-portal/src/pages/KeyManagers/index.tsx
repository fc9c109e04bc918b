import { Anchor, Button, Stack, Switch } from '@mantine/core';
import { DataTable, EmptyState, localPage, PageHeader, showDone, useListState, type Column } from '@tollgate/ui';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { RemoveButton } from '../../parts/remove-button';
import { useKeyManagerChanges, useKeyManagers } from '../../queries/key-managers';
import type { KeyManagerInfo } from '../../types';

/** The resident key manager: made by the product, it has no page of its own. */
const resident = 'default';

/** Whose tokens the organization takes. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const state = useListState('name');
  const { data, error, refetch } = useKeyManagers();
  const { remove } = useKeyManagerChanges();
  const page = data && localPage(data.list, state, ({ name }) => name, { name: ({ name }) => name });
  const create = (
    <Button component={Link} to="/settings/key-managers/create" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('keyManager.create')}
    </Button>
  );
  const columns: Column<KeyManagerInfo>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ id, name, type }) =>
        type === resident ? (
          name
        ) : (
          <Anchor component={Link} to={`/settings/key-managers/${id}`} fw={600}>
            {name}
          </Anchor>
        ),
    },
    { key: 'type', header: t('deny.kind'), cell: ({ type }) => (type === resident ? t('keyManager.resident') : type) },
    { key: 'description', header: t('common.description'), cell: ({ description }) => description },
    { key: 'enabled', header: t('keyManager.field.enabled'), cell: (row) => <Toggle row={row} /> },
    {
      key: 'actions',
      header: t('common.actions'),
      cell: ({ id, name, type }) =>
        type === resident ? null : (
          <RemoveButton id={id} name={name} what={t('keyManager.deleteWhat')} remove={remove} />
        ),
    },
  ];
  return (
    <>
      <PageHeader title={t('keyManager.title')} about={t('keyManager.about')}>
        {create}
      </PageHeader>
      <Stack>
        <DataTable
          label={t('keyManager.title')}
          columns={columns}
          rowKey={({ id }) => id}
          state={state}
          found={{ data: page, error, refetch }}
          empty={<EmptyState title={t('keyManager.title')} why={t('keyManager.about')} action={create} />}
        />
      </Stack>
    </>
  );
}

function Toggle({ row }: { readonly row: KeyManagerInfo }): ReactNode {
  const { t } = useTranslation();
  const { toggle } = useKeyManagerChanges();
  return (
    <Switch
      aria-label={`${t('keyManager.field.enabled')}: ${row.name}`}
      label={t(row.enabled ? 'state.on' : 'state.off')}
      checked={row.enabled}
      disabled={toggle.isPending}
      onChange={(event) =>
        toggle.mutate(
          { id: row.id, enabled: event.currentTarget.checked },
          { onSuccess: () => showDone(t('common.saved')) },
        )
      }
    />
  );
}
