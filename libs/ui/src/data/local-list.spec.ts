import { expect, it } from 'vitest';
import { localPage } from './local-list';

const rows = ['pear', 'Apple', 'banana', 'grape'].map((name, size) => ({ name, size }));
const state = { query: '', page: 1, size: 25 as number, sortBy: '', descending: false };
const names = (more: Partial<typeof state>) =>
  localPage(rows, { ...state, ...more }, ({ name }) => name, { name: (row) => row.name, size: (row) => row.size });

it('finds by words in any case and says how many there are in all', () => {
  const found = names({ query: ' AP', size: 1 });
  expect(found.list.map(({ name }) => name)).toEqual(['Apple']);
  expect(found.pagination).toEqual({ offset: 0, limit: 1, total: 2 });
});

it('orders by text or number, both ways, and cuts pages', () => {
  expect(names({ sortBy: 'name' }).list[0]?.name).toBe('Apple');
  expect(names({ sortBy: 'size', descending: true }).list[0]?.name).toBe('grape');
  expect(names({ page: 2, size: 3 }).list.map(({ name }) => name)).toEqual(['grape']);
});
