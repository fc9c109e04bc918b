import { PageHeader, StateBadge, useSession, type Column } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CreateLink } from '../../parts/create-link';
import { ImportPolicy } from '../../parts/import-policy';
import { LocalList } from '../../parts/local-list';
import { NameLink } from '../../parts/name-link';
import { RemoveButton } from '../../parts/remove-button';
import { useCustomRules, useRuleChanges } from '../../queries/custom-rules';
import { scopes } from '../../scopes';
import type { CustomRule } from '../../types';

export function Component(): ReactNode {
  const { t } = useTranslation();
  const mayChange = useSession().can(...scopes.managePolicies);
  const { remove } = useRuleChanges();
  const create = mayChange && <CreateLink to="/throttling/custom/create">{t('rule.create')}</CreateLink>;
  const columns: Column<CustomRule>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ policyId, policyName }) => <NameLink to={`/throttling/custom/${policyId}`}>{policyName}</NameLink>,
    },
    {
      key: 'template',
      header: t('rule.keyTemplate'),
      cell: ({ keyTemplate }) => <span className="tg-mono">{keyTemplate}</span>,
    },
    {
      key: 'deployed',
      header: t('rule.runs'),
      cell: ({ isDeployed }) => <StateBadge state={isDeployed ? 'on' : 'off'} />,
    },
    { key: 'description', header: t('common.description'), cell: ({ description }) => description },
    ...(mayChange
      ? [
          {
            key: 'actions',
            header: t('common.actions'),
            cell: ({ policyId, policyName }: CustomRule) => (
              <RemoveButton id={policyId} name={policyName} what={t('rule.deleteWhat')} remove={remove} />
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <PageHeader title={t('rule.title')} about={t('rule.about')}>
        {mayChange && <ImportPolicy />}
        {create}
      </PageHeader>
      <LocalList
        label={t('rule.title')}
        found={useCustomRules()}
        columns={columns}
        rowKey={({ policyId }) => policyId}
        words={({ policyName, description }) => `${policyName} ${description}`}
        orders={{ name: ({ policyName }) => policyName }}
        sortBy="name"
        none={{ title: t('rule.none'), why: t('rule.about'), action: create }}
      />
    </>
  );
}
