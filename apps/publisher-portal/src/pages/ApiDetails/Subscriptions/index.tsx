import { Button, Group, Menu, MultiSelect, Stack } from '@mantine/core';
import { DataTable, EmptyState, SearchBox, StateBadge, useListState, useSession } from '@tollgate/ui';
import type { Column } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePlanNames } from '../../../queries/settings';
import { useBlocking, useSubscriptions } from '../../../queries/subscriptions';
import type { Subscription } from '../../../types';
import { SaveBar } from '../save-bar';
import { useApiDraft } from '../use-api-draft';

/** The plans that the API offers, and who has subscribed to which. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const draft = useApiDraft();
  const { can } = useSession();
  const mayChange = can('apim:api_create', 'apim:api_manage', 'apim:api_publish');
  const mayBlock = can('apim:subscription_block', 'apim:subscription_manage');
  const plans = usePlanNames(draft.api.type);
  const state = useListState();
  const found = useSubscriptions(draft.api.id, state);
  const columns: Column<Subscription>[] = [
    { key: 'app', header: t('subscriptions.application'), cell: (row) => row.applicationInfo.name },
    { key: 'who', header: t('subscriptions.subscriber'), cell: (row) => row.applicationInfo.subscriber },
    { key: 'plan', header: t('subscriptions.plan'), cell: (row) => row.throttlingPolicy },
    { key: 'state', header: t('apis.state'), cell: (row) => <StateBadge state={row.subscriptionStatus} /> },
    ...(mayBlock
      ? [{ key: 'act', header: t('common.actions'), cell: (row: Subscription) => <BlockMenu subscription={row} /> }]
      : []),
  ];
  return (
    <Stack gap="lg">
      <MultiSelect
        label={t('create.plans')}
        description={t('create.plansHelp')}
        data={[...new Set([...plans, ...draft.api.policies])]}
        disabled={!mayChange}
        searchable
        value={[...draft.api.policies]}
        error={draft.problemAt('policies')}
        onChange={(policies) => draft.change({ policies })}
      />
      {mayChange && <SaveBar draft={draft} />}
      <SearchBox value={state.query} onSearch={state.search} placeholder={t('subscriptions.search')} />
      <DataTable
        label={t('api.section.subscriptions')}
        columns={columns}
        rowKey={(row) => row.subscriptionId}
        state={state}
        found={found}
        empty={<EmptyState title={t('subscriptions.none')} why={t('subscriptions.noneWhy')} />}
      />
    </Stack>
  );
}

function BlockMenu({ subscription }: { readonly subscription: Subscription }): ReactNode {
  const { t } = useTranslation();
  const { block, unblock } = useBlocking();
  const { subscriptionId: id, subscriptionStatus: status } = subscription;
  return (
    <Group gap="xs">
      {status === 'UNBLOCKED' ? (
        <Menu>
          <Menu.Target>
            <Button size="compact-sm" variant="default" loading={block.isPending}>
              {t('subscriptions.block')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => block.mutate({ id, state: 'PROD_ONLY_BLOCKED' })}>
              {t('subscriptions.blockProduction')}
            </Menu.Item>
            <Menu.Item color="danger" onClick={() => block.mutate({ id, state: 'BLOCKED' })}>
              {t('subscriptions.blockAll')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : (
        <Button size="compact-sm" variant="default" loading={unblock.isPending} onClick={() => unblock.mutate(id)}>
          {t('subscriptions.unblock')}
        </Button>
      )}
    </Group>
  );
}
