import { Stack } from '@mantine/core';
import { DataTable, EmptyState, localPage, SearchBox, useListState, type Column } from '@tollgate/ui';
import type { ReactNode } from 'react';

interface LocalListProps<Row> {
  /** Names the table for screen readers. */
  readonly label: string;
  /** Of a whole list. */
  readonly found: {
    readonly data: { readonly list: readonly Row[] } | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** What the search looks through; without it there is no search. */
  readonly words?: (row: Row) => string;
  /** Text by which a column (`sortBy`) is ordered. */
  readonly orders: Readonly<Record<string, (row: Row) => string>>;
  /** Order at first; empty for that of the server. */
  readonly sortBy?: string;
  /** Shown when there is nothing at all. */
  readonly none: { readonly title: string; readonly why: string; readonly action?: ReactNode };
}

/** A list that the server gives whole, with search, order and page in the address. */
export function LocalList<Row>(props: LocalListProps<Row>): ReactNode {
  const { label, found, columns, rowKey, words, orders, sortBy = '', none } = props;
  const state = useListState(sortBy);
  const { data, error, refetch } = found;
  const page = data && localPage(data.list, state, words ?? (() => ''), orders);
  return (
    <Stack>
      {words && <SearchBox value={state.query} onSearch={state.search} />}
      <DataTable
        label={label}
        columns={columns}
        rowKey={rowKey}
        state={state}
        found={{ data: page, error, refetch }}
        empty={<EmptyState {...none} />}
      />
    </Stack>
  );
}
