import { expect, it } from 'vitest';
import { clashingFields, same } from './clashes';

const base = { name: 'Gold', description: 'old', limit: { count: 10, unit: 'min' }, roles: ['a'] };

it('finds no clash when both changed different fields, or the same field to the same value', () => {
  const theirs = { ...base, description: 'theirs', limit: { unit: 'min', count: 20 } };
  expect(clashingFields(base, { roles: ['b'] }, theirs)).toEqual([]);
  expect(clashingFields(base, { limit: { count: 20, unit: 'min' } }, theirs)).toEqual([]);
});

it('names every field that both changed to something different', () => {
  const theirs = { ...base, description: 'theirs', limit: { count: 20, unit: 'min' } };
  const mine = { description: 'mine', limit: { count: 30, unit: 'min' }, roles: ['b'] };
  expect(clashingFields(base, mine, theirs)).toEqual(['description', 'limit']);
});

it('tells lists apart by order, and a list from an object', () => {
  expect(same([1, 2], [2, 1])).toBe(false);
  expect(same([], {})).toBe(false);
  expect(same({ a: undefined }, {})).toBe(true);
});
