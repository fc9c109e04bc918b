import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checklistFile, checklistPage, idsIn } from './security-checklist.js';
import { mustNotHappen, requirements } from './security-lines.js';

/** Without what the formatter does to tables. */
const plain = (page: string): string => page.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').trim();

it('docs/security-checklist.md names the tests that there are (npm run security-checklist writes it)', () => {
  expect(plain(readFileSync(checklistFile, 'utf8'))).toBe(plain(checklistPage()));
});

it('has every line once, in order', () => {
  const ids = (letter: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${letter}-${String(i + 1).padStart(2, '0')}`);
  expect(requirements.map(({ id }) => id)).toEqual(ids('R', 80));
  expect(mustNotHappen.map(({ id }) => id)).toEqual(ids('V', 66));
});

it('reads ids from names of tests and groups, in every form, and from nothing else', () => {
  const text = [
    "it('R-01 is plain', () => {});",
    'describe("V-02 group", () => {});',
    "it.each(['a', 'b'])('R-03 of %s', () => {});",
    "it.each([\n  ['x', 1],\n])('R-04 %s', () => {});",
    "it.skipIf(off)('R-05', () => {});",
    '// it keeps R-06',
    "const text = 'R-07';",
  ].join('\n');
  expect(idsIn(text).toSorted()).toEqual(['R-01', 'R-03', 'R-04', 'R-05', 'V-02']);
});

it('says of a line without a test whether its part is there', () => {
  const page = plain(checklistPage(new Map([['R-01', ['libs/x/one.spec.ts']]])));
  expect(page).toContain('| [one.spec.ts](../libs/x/one.spec.ts) |');
  expect(page).toMatch(/\| R-02 \|[^|]+\| no test of this name yet \|/);
  expect(page).toMatch(/\| R-53 \|[^|]+\| not built yet \|/);
});
