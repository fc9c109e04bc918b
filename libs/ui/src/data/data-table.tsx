import { ActionIcon, Group, NativeSelect, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconChevronUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../i18n/format';
import type { ListBody } from '../rest/rest';
import { pageSizes, type ListState } from './list-state';
import { EmptyState, ErrorPanel, Waiting } from './states';

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Value of `sortBy` by which the server orders this column. */
  readonly sortBy?: string;
  readonly align?: 'left' | 'right';
}

interface DataTableProps<Row> {
  /** Names the table for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly state: ListState;
  readonly found: {
    readonly data: ListBody<Row> | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  /** Shown instead when there is nothing at all. */
  readonly empty: ReactNode;
}

/**
 * One page of a list that the server filters, orders and cuts: loading, failed, empty, nothing found, or the rows. The
 * table is plain HTML: lists are the first page people load, and a component for it would bring pop-ups along.
 */
export function DataTable<Row>({ label, columns, rowKey, state, found, empty }: DataTableProps<Row>): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = found;
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const total = data.pagination?.total ?? data.count;
  if (total === 0 && state.query === '') return empty;
  if (data.list.length === 0) return <EmptyState title={t('common.noMatch')} why={t('common.noMatchWhy')} />;
  return (
    <Stack gap="sm">
      {error ? <ErrorPanel error={error} onRetry={() => void refetch()} /> : null}
      <div style={{ overflowX: 'auto' }} tabIndex={0} role="group" aria-label={label}>
        <table className="tg-table" aria-label={label}>
          <thead>
            <tr>
              {columns.map((column) => (
                <HeaderCell key={column.key} column={column} state={state} />
              ))}
            </tr>
          </thead>
          <tbody>
            {data.list.map((row) => (
              <tr key={rowKey(row)}>
                {columns.map(({ key, cell, align }) => (
                  <td key={key} style={{ textAlign: align ?? 'left' }}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager state={state} shown={data.list.length} total={total} />
    </Stack>
  );
}

function HeaderCell<Row>({ column, state }: { readonly column: Column<Row>; readonly state: ListState }): ReactNode {
  const { sortBy, header, align } = column;
  if (sortBy === undefined) return <th style={{ textAlign: align ?? 'left' }}>{header}</th>;
  const isSorted = state.sortBy === sortBy;
  const Arrow = state.descending ? IconChevronDown : IconChevronUp;
  return (
    <th aria-sort={isSorted ? (state.descending ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton className="tg-sort" onClick={() => state.sort(sortBy)}>
        {header}
        {isSorted && <Arrow size={14} aria-hidden />}
      </UnstyledButton>
    </th>
  );
}

function Pager({
  state,
  shown,
  total,
}: {
  readonly state: ListState;
  readonly shown: number;
  readonly total: number;
}): ReactNode {
  const { t } = useTranslation();
  const from = (state.page - 1) * state.size + 1;
  const to = from + shown - 1;
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed" role="status">
        {t('common.page', { from: formatNumber(from), to: formatNumber(to), total: formatNumber(total) })}
      </Text>
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label={t('common.perPage')}
          data={pageSizes.map(String)}
          value={String(state.size)}
          onChange={(event) => state.resize(Number(event.currentTarget.value))}
        />
        <ActionIcon
          variant="default"
          aria-label={t('common.previous')}
          disabled={state.page <= 1}
          onClick={() => state.turnTo(state.page - 1)}
        >
          <IconChevronLeft size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="default"
          aria-label={t('common.next')}
          disabled={to >= total}
          onClick={() => state.turnTo(state.page + 1)}
        >
          <IconChevronRight size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </Group>
  );
}
