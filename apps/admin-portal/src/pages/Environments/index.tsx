import { PageHeader, useSession, type Column } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CreateLink } from '../../parts/create-link';
import { LocalList } from '../../parts/local-list';
import { NameLink } from '../../parts/name-link';
import { RemoveButton } from '../../parts/remove-button';
import { useEnvironmentChanges, useEnvironments } from '../../queries/environments';
import { scopes } from '../../scopes';
import type { Environment } from '../../types';

/** Where APIs can be deployed. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const mayChange = useSession().can(...scopes.manageEnvironments);
  const { remove } = useEnvironmentChanges();
  const create = mayChange && <CreateLink to="/settings/environments/create">{t('environment.create')}</CreateLink>;
  const columns: Column<Environment>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ id, displayName }) => <NameLink to={`/settings/environments/${id}`}>{displayName}</NameLink>,
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
      <LocalList
        label={t('environment.title')}
        found={useEnvironments()}
        columns={columns}
        rowKey={({ id }) => id}
        words={({ name, displayName, description }) => `${name} ${displayName} ${description}`}
        orders={{ name: ({ displayName }) => displayName }}
        sortBy="name"
        none={{ title: t('environment.none'), why: t('environment.about'), action: create }}
      />
    </>
  );
}
