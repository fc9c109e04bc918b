import { Switch } from '@mantine/core';
import { PageHeader, showDone, type Column } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CreateLink } from '../../parts/create-link';
import { LocalList } from '../../parts/local-list';
import { NameLink } from '../../parts/name-link';
import { RemoveButton } from '../../parts/remove-button';
import { useIdentityProviderChanges, useIdentityProviders } from '../../queries/identity-providers';
import type { IdentityProvider } from '../../types';

/** Where people of the organization sign in besides here. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { remove } = useIdentityProviderChanges();
  const create = <CreateLink to="/settings/identity-providers/create">{t('identityProvider.create')}</CreateLink>;
  const columns: Column<IdentityProvider>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ id, name, displayName }) => (
        <NameLink to={`/settings/identity-providers/${id}`}>{displayName || name}</NameLink>
      ),
    },
    { key: 'issuer', header: t('identityProvider.field.issuer'), cell: ({ issuer }) => issuer },
    { key: 'enabled', header: t('identityProvider.field.enabled'), cell: (row) => <Toggle row={row} /> },
    {
      key: 'actions',
      header: t('common.actions'),
      cell: ({ id, name }) => (
        <RemoveButton id={id} name={name} what={t('identityProvider.deleteWhat')} remove={remove} />
      ),
    },
  ];
  return (
    <>
      <PageHeader title={t('identityProvider.title')} about={t('identityProvider.about')}>
        {create}
      </PageHeader>
      <LocalList
        label={t('identityProvider.title')}
        found={useIdentityProviders()}
        columns={columns}
        rowKey={({ id }) => id}
        orders={{ name: ({ name }) => name }}
        sortBy="name"
        none={{ title: t('identityProvider.title'), why: t('identityProvider.about'), action: create }}
      />
    </>
  );
}

function Toggle({ row }: { readonly row: IdentityProvider }): ReactNode {
  const { t } = useTranslation();
  const { toggle } = useIdentityProviderChanges();
  return (
    <Switch
      aria-label={`${t('identityProvider.field.enabled')}: ${row.name}`}
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
