import { expect, it } from 'vitest';
import { endOf, markPlaces, offsetOf } from './rule-places';

const text = 'from A\nselect userID as x';

it('finds the offset of line and column, and the end of the word there', () => {
  const start = offsetOf(text, { line: 2, column: 8 });
  expect(text.slice(start, endOf(text, start))).toBe('userID');
  expect(offsetOf(text, { line: 9, column: 1 })).toBe(text.length);
});

it('marks words at places, once each, and keeps every character', () => {
  const pieces = markPlaces(text, [
    { line: 2, column: 8 },
    { line: 1, column: 6 },
    { line: 2, column: 8 },
  ]);
  expect(pieces.filter(({ isMarked }) => isMarked).map((piece) => piece.text)).toEqual(['A', 'userID']);
  expect(pieces.map((piece) => piece.text).join('')).toBe(text);
});
