import { describe, expect, it } from 'vitest';
import { parseSearch } from './search.js';

describe('a search', () => {
  it.each([
    ['', []],
    ['pizza', [{ field: 'name', value: 'pizza', exact: false }]],
    [
      'name:Pizza version:"1.0.0"',
      [
        { field: 'name', value: 'Pizza', exact: false },
        { field: 'version', value: '1.0.0', exact: true },
      ],
    ],
    ['"Pizza Shack"', [{ field: 'name', value: 'Pizza Shack', exact: true }]],
    [
      'context:/a tag:x',
      [
        { field: 'context', value: '/a', exact: false },
        { field: 'tags', value: 'x', exact: false },
      ],
    ],
    [
      "name:*pizza* %_'",
      [
        { field: 'name', value: 'pizza', exact: false },
        { field: 'name', value: "%_'", exact: false },
      ],
    ],
  ])('%j means %j', (query, terms) => {
    expect(parseSearch(query)).toEqual(terms);
  });

  it('looks for a word without a field where it is told to', () => {
    expect(parseSearch('food tag:x', 'anywhere')).toEqual([
      { field: 'anywhere', value: 'food', exact: false },
      { field: 'tags', value: 'x', exact: false },
    ]);
  });

  it('refuses a field that does not exist, and too many conditions', () => {
    expect(() => parseSearch('password:x')).toThrow(
      expect.objectContaining({
        status: 400,
        fields: [{ field: 'query', message: expect.stringContaining('"password:" cannot be searched') }],
      }),
    );
    expect(() => parseSearch('a b c d e f g h i j k')).toThrow(expect.objectContaining({ status: 400 }));
  });
});
