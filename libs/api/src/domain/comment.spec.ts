import { expect, it } from 'vitest';
import { commentProblems, longestComment } from './comment.js';

const fieldsOf = (input: Parameters<typeof commentProblems>[0]): string[] =>
  commentProblems(input).map(({ field }) => field);

it.each([
  ['one word', { content: 'Thanks', category: 'general' }],
  ['lines', { content: 'One\r\n\ttwo' }],
  ['as long as allowed', { content: 'x'.repeat(longestComment) }],
  ['nothing given', {}],
])('a comment may hold %s', (_, input) => {
  expect(fieldsOf(input)).toEqual([]);
});

it.each([
  ['no text', { content: '' }, ['content']],
  ['spaces alone', { content: ' \n ' }, ['content']],
  ['one character too many', { content: 'x'.repeat(longestComment + 1) }, ['content']],
  ['control characters', { content: 'a\u0000b' }, ['content']],
  ['no category', { content: 'a', category: ' ' }, ['category']],
])('a comment with %s is refused', (_, input, fields) => {
  expect(fieldsOf(input)).toEqual(fields);
});
