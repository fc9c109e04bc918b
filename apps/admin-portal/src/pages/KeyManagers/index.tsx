import { Switch } from '@mantine/core';
import { PageHeader, showDone, type Column } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CreateLink } from '../../parts/create-link';
import { LocalList } from '../../parts/local-list';
import { NameLink } from '../../parts/name-link';
import { RemoveButton } from '../../parts/remove-button';
import { useKeyManagerChanges, useKeyManagers } from '../../queries/key-managers';
import type { KeyManagerInfo } from '../../types';

/** The resident key manager: made by the product, it has no page of its own. */
const resident = 'default';

/** Whose tokens the organization takes. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { remove } = useKeyManagerChanges();
  const create = <CreateLink to="/settings/key-managers/create">{t('keyManager.create')}</CreateLink>;
  const columns: Column<KeyManagerInfo>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ id, name, type }) =>
        type === resident ? name : <NameLink to={`/settings/key-managers/${id}`}>{name}</NameLink>,
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
      <LocalList
        label={t('keyManager.title')}
        found={useKeyManagers()}
        columns={columns}
        rowKey={({ id }) => id}
        orders={{ name: ({ name }) => name }}
        sortBy="name"
        none={{ title: t('keyManager.title'), why: t('keyManager.about'), action: create }}
      />
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
