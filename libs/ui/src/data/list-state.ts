import type { Query } from '../rest/rest';
import { useSettled } from './settled';
import { useUrlState } from './url-state';

/** Page, size, order and search words of a list, in the address. */
export interface ListState {
  readonly query: string;
  readonly page: number;
  readonly size: number;
  readonly sortBy: string;
  readonly descending: boolean;
  /** As the contracts ask for it: limit, offset, sortBy, sortOrder, query; the words follow when nobody types any more. */
  readonly asQuery: Query;
  readonly search: (query: string) => void;
  readonly turnTo: (page: number) => void;
  readonly resize: (size: number) => void;
  readonly sort: (by: string) => void;
}

export const pageSizes = [25, 50, 100] as const;

/** @param sortBy name of the first order, empty for lists without one */
export function useListState(sortBy = '', order: 'asc' | 'desc' = 'asc'): ListState {
  const defaults = { q: '', page: '1', size: String(pageSizes[0]), sort: sortBy, order: order as string };
  const [state, change] = useUrlState(defaults);
  const words = useSettled(state.q);
  const page = Math.max(1, Math.trunc(Number(state.page)) || 1);
  const wished = Number(state.size);
  const size = pageSizes.find((each) => each === wished) ?? pageSizes[0];
  const descending = state.order === 'desc';
  return {
    query: state.q,
    page,
    size,
    sortBy: state.sort,
    descending,
    asQuery: {
      limit: size,
      offset: (page - 1) * size,
      ...(state.sort === '' ? {} : { sortBy: state.sort, sortOrder: descending ? 'desc' : 'asc' }),
      ...(words === '' ? {} : { query: words }),
    },
    search: (q) => change({ q, page: '1' }, { replace: true }),
    turnTo: (next) => change({ page: String(next) }),
    resize: (next) => change({ size: String(next), page: '1' }),
    sort: (by) => change({ sort: by, order: by === state.sort && !descending ? 'desc' : 'asc', page: '1' }),
  };
}
