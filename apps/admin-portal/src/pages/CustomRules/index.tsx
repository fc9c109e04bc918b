import { Anchor, Button, Stack } from '@mantine/core';
import {
  DataTable,
  EmptyState,
  localPage,
  PageHeader,
  SearchBox,
  StateBadge,
  useListState,
  useSession,
  type Column,
} from '@tollgate/ui';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ImportPolicy } from '../../parts/import-policy';
import { RemoveButton } from '../../parts/remove-button';
import { useCustomRules, useRuleChanges } from '../../queries/custom-rules';
import { scopes } from '../../scopes';
import type { CustomRule } from '../../types';

export function Component(): ReactNode {
  const { t } = useTranslation();
  const mayChange = useSession().can(...scopes.managePolicies);
  const state = useListState('name');
  const { data, error, refetch } = useCustomRules();
  const { remove } = useRuleChanges();
  const page =
    data &&
    localPage(data.list, state, ({ policyName, description }) => `${policyName} ${description}`, {
      name: ({ policyName }) => policyName,
    });
  const create = mayChange && (
    <Button component={Link} to="/throttling/custom/create" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('rule.create')}
    </Button>
  );
  const columns: Column<CustomRule>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ policyId, policyName }) => (
        <Anchor component={Link} to={`/throttling/custom/${policyId}`} fw={600}>
          {policyName}
        </Anchor>
      ),
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
      <Stack>
        <SearchBox value={state.query} onSearch={state.search} />
        <DataTable
          label={t('rule.title')}
          columns={columns}
          rowKey={({ policyId }) => policyId}
          state={state}
          found={{ data: page, error, refetch }}
          empty={<EmptyState title={t('rule.none')} why={t('rule.about')} action={create} />}
        />
      </Stack>
    </>
  );
}
