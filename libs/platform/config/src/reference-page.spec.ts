import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { referencePage } from './reference-page.js';

const committed = new URL('../../../../docs/reference/configuration.md', import.meta.url);

it('the committed reference page is the generated one (else: node libs/platform/config/dist/write-reference.js)', () => {
  expect(readFileSync(committed, 'utf8')).toBe(referencePage());
});

it('every key is described', () => {
  const undescribed = referencePage()
    .split('\n')
    .filter((line) => /^\| `.*\|\s*\|$/.test(line));
  expect(undescribed).toEqual([]);
});
