import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { markdownTable, writeSection } from '../support/document.js';
import { root } from '../support/settings.js';

interface Row {
  readonly name: string;
  readonly ns: number;
  readonly bytes: number;
}

it('each part of the way of a request by itself', () => {
  const text = execFileSync(process.execPath, ['--expose-gc', join(root, 'e2e/bench/stages.ts')], { encoding: 'utf8' });
  const rows = JSON.parse(text) as Row[];
  const all = { name: 'all of them', ns: sum(rows.map(({ ns }) => ns)), bytes: sum(rows.map(({ bytes }) => bytes)) };
  const cells = [...rows, all].map(({ name, ns, bytes }) => [name, ns.toFixed(0), bytes.toFixed(0)]);
  const head = ['part', 'ns per request', 'bytes allocated'];
  writeSection('docs/performance.md', 'request-stages', markdownTable(head, cells));
  expect(rows.every(({ ns }) => ns > 0)).toBe(true);
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
