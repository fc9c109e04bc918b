import { Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import {
  DataTable,
  EmptyState,
  formatTime,
  PageHeader,
  toneClass,
  useListState,
  useUrlState,
  type Column,
} from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAuditEvents } from '../../queries/audit';
import type { AuditEvent } from '../../types';

const outcomes = ['SUCCESS', 'FAILURE'];
const defaults = { actor: '', action: '', outcome: '' };

/** What people did in the organization, the newest first. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const [filter, change] = useUrlState(defaults);
  const state = useListState();
  const { limit, offset } = state.asQuery;
  const { actor, action, outcome } = filter;
  const found = useAuditEvents({ limit, offset, actor, action, outcome });
  const columns: Column<AuditEvent>[] = [
    { key: 'time', header: t('audit.time'), cell: ({ time }) => formatTime(time) },
    { key: 'actor', header: t('audit.actor'), cell: (event) => event.actor },
    {
      key: 'action',
      header: t('audit.action'),
      cell: (event) => <span className="tg-mono">{event.action}</span>,
    },
    {
      key: 'outcome',
      header: t('audit.outcome'),
      cell: (event) => (
        <span className={toneClass(event.outcome === 'SUCCESS' ? 'ok' : 'bad')}>
          {t(`audit.outcomes.${event.outcome}`, { defaultValue: event.outcome })}
        </span>
      ),
    },
    {
      key: 'target',
      header: t('audit.target'),
      cell: ({ target }) =>
        Object.entries(target)
          .map(([name, value]) => `${name}: ${value}`)
          .join(', '),
    },
    { key: 'address', header: t('audit.address'), cell: (event) => event.address },
  ];
  return (
    <>
      <PageHeader title={t('audit.title')} about={t('audit.about')} />
      <Stack>
        <Group align="flex-end">
          <TextInput
            label={t('audit.actor')}
            value={actor}
            onChange={(event) => change({ actor: event.currentTarget.value }, { replace: true })}
          />
          <TextInput
            label={t('audit.action')}
            value={action}
            onChange={(event) => change({ action: event.currentTarget.value }, { replace: true })}
          />
          <NativeSelect
            label={t('audit.outcome')}
            data={[
              { value: '', label: t('audit.any') },
              ...outcomes.map((each) => ({ value: each, label: t(`audit.outcomes.${each}`) })),
            ]}
            value={outcome}
            onChange={(event) => change({ outcome: event.currentTarget.value })}
          />
        </Group>
        <DataTable
          label={t('audit.title')}
          columns={columns}
          rowKey={({ id }) => id}
          state={state}
          found={found}
          empty={<EmptyState title={t('audit.none')} why={t('audit.noneWhy')} />}
        />
      </Stack>
    </>
  );
}
