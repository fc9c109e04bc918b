import { Button, Group, NativeSelect, Stack } from '@mantine/core';
import {
  DataTable,
  EmptyState,
  Facts,
  formatTime,
  PageHeader,
  useListState,
  useSession,
  useUrlState,
} from '@tollgate/ui';
import type { Column } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useTasks } from '../../queries/tasks';
import { scopes } from '../../scopes';
import type { Task } from '../../types';
import { DecideTask } from './decide-task';

const types = [
  'APPLICATION_CREATION',
  'APPLICATION_DELETION',
  'APPLICATION_UPDATE',
  'APPLICATION_REGISTRATION_PRODUCTION',
  'APPLICATION_REGISTRATION_SANDBOX',
  'SUBSCRIPTION_CREATION',
  'SUBSCRIPTION_UPDATE',
  'SUBSCRIPTION_DELETION',
  'USER_SIGNUP',
  'API_STATE',
  'REVISION_DEPLOYMENT',
];
const defaults = { type: '' };

/** Everything that waits for a decision, in one list. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const mayDecide = useSession().can(...scopes.decideTasks);
  const [filter, change] = useUrlState(defaults);
  const state = useListState();
  const [deciding, decide] = useState<{ readonly task: Task; readonly status: 'APPROVED' | 'REJECTED' } | null>(null);
  const { limit, offset } = state.asQuery;
  const found = useTasks({
    limit,
    offset,
    ...(filter.type === '' ? {} : { workflowType: `AM_${filter.type}` }),
  });
  const columns: Column<Task>[] = [
    { key: 'type', header: t('task.type'), cell: ({ workflowType }) => t(`task.types.${workflowType}`) },
    { key: 'what', header: t('task.what'), cell: ({ properties }) => <Facts rows={Object.entries(properties)} /> },
    { key: 'since', header: t('task.since'), cell: ({ createdTime }) => formatTime(createdTime) },
    ...(mayDecide
      ? [
          {
            key: 'actions',
            header: t('common.actions'),
            cell: (task: Task) => (
              <Group gap="xs" wrap="nowrap">
                <Button size="compact-sm" onClick={() => decide({ task, status: 'APPROVED' })}>
                  {t('task.approve')}
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => decide({ task, status: 'REJECTED' })}>
                  {t('task.reject')}
                </Button>
              </Group>
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <PageHeader title={t('task.title')} about={t('task.about')} />
      <Stack>
        <NativeSelect
          w={{ base: '100%', sm: 320 }}
          label={t('task.type')}
          data={[
            { value: '', label: t('task.all') },
            ...types.map((type) => ({ value: type, label: t(`task.types.${type}`) })),
          ]}
          value={filter.type}
          onChange={(event) => change({ type: event.currentTarget.value })}
        />
        <DataTable
          label={t('task.title')}
          columns={columns}
          rowKey={({ referenceId }) => referenceId}
          state={state}
          found={found}
          empty={<EmptyState title={t('task.none')} why={t('task.noneWhy')} />}
        />
      </Stack>
      {deciding && <DecideTask key={deciding.task.referenceId} {...deciding} onClose={() => decide(null)} />}
    </>
  );
}
