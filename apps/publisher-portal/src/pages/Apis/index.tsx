import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import {
  DataTable,
  EmptyState,
  formatTime,
  PageHeader,
  SearchBox,
  StateBadge,
  useListState,
  useSession,
} from '@tollgate/ui';
import type { Column } from '@tollgate/ui';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useApis } from '../../queries/apis';
import type { ApiInfo } from '../../types';

export function Component(): ReactNode {
  const { t } = useTranslation();
  const { can } = useSession();
  const state = useListState('createdTime', 'desc');
  const found = useApis(state);
  const create = can('apim:api_create', 'apim:api_manage') ? (
    <Button component={Link} to="/apis/create" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('apis.create')}
    </Button>
  ) : null;
  const columns: Column<ApiInfo>[] = [
    { key: 'name', header: t('common.name'), sortBy: 'apiName', cell: (api) => <NameCell api={api} /> },
    { key: 'version', header: t('common.version'), sortBy: 'version', cell: (api) => api.version },
    { key: 'context', header: t('apis.context'), cell: (api) => <span className="tg-mono">{api.context}</span> },
    {
      key: 'state',
      header: t('apis.state'),
      sortBy: 'status',
      cell: (api) => <StateBadge state={api.lifeCycleStatus} />,
    },
    { key: 'provider', header: t('apis.provider'), cell: (api) => api.provider },
    { key: 'updated', header: t('apis.updated'), cell: (api) => formatTime(api.updatedTime) },
  ];
  return (
    <>
      <PageHeader title={t('apis.title')} about={t('apis.about')}>
        {create}
      </PageHeader>
      <Stack>
        <Group>
          <SearchBox value={state.query} onSearch={state.search} placeholder={t('apis.search')} />
        </Group>
        <DataTable
          label={t('apis.title')}
          columns={columns}
          rowKey={(api) => api.id}
          state={state}
          found={found}
          empty={<EmptyState title={t('apis.none')} why={t('apis.noneWhy')} action={create} />}
        />
      </Stack>
    </>
  );
}

function NameCell({ api }: { readonly api: ApiInfo }): ReactNode {
  return (
    <Stack gap={0}>
      <Anchor component={Link} to={`/apis/${api.id}/overview`} fw={600}>
        {api.name}
      </Anchor>
      {api.description !== undefined && api.description !== '' && (
        <Text size="xs" c="dimmed" lineClamp={1} maw={420}>
          {api.description}
        </Text>
      )}
    </Stack>
  );
}
