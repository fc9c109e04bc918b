import type { ListBody } from '../rest/rest';
import type { ListState } from './list-state';

/**
 * One page of a list that the server gives whole: found by words, ordered by the text of a column, and cut.
 * @param words what the search looks through
 * @param orders text or number that a column (`sortBy`) is ordered by
 */
export function localPage<Row>(
  rows: readonly Row[],
  state: Pick<ListState, 'query' | 'page' | 'size' | 'sortBy' | 'descending'>,
  words: (row: Row) => string,
  orders: Readonly<Record<string, (row: Row) => string | number>> = {},
): ListBody<Row> {
  const wanted = state.query.trim().toLowerCase();
  const found = wanted === '' ? rows : rows.filter((row) => words(row).toLowerCase().includes(wanted));
  const order = orders[state.sortBy];
  const sorted = order === undefined ? found : found.toSorted((a, b) => compare(order(a), order(b)));
  const ordered = order !== undefined && state.descending ? sorted.toReversed() : sorted;
  const offset = (state.page - 1) * state.size;
  const list = ordered.slice(offset, offset + state.size);
  return { count: list.length, list, pagination: { offset, limit: state.size, total: found.length } };
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
