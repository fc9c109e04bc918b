import { afterAll, afterEach, type RunnerTestCase, type RunnerTestSuite } from 'vitest';
import { markdownTable, rowsOfSection, writeSection } from './support/document.js';
import { layouts, seedLayout } from './support/layouts.js';
import { keepsPolicies } from './support/policy-cases.js';

const page = 'docs/policy-layouts.md';
const titleOf = (layout: string): string => `policies at two gateways, ${layout}`;

for (const [name, start] of Object.entries(layouts)) {
  keepsPolicies(titleOf(name), start, { levels: true, canBeStrict: name.includes('shared store') });
}

const driven = new Set<RunnerTestSuite>();
afterEach(({ task }) => {
  if (task.suite) driven.add(task.suite);
});

/** The rows of a layout that was driven whole; `undefined` when only some of its rows were asked for. */
function resultOf({ tasks }: RunnerTestSuite): string | undefined {
  const rows = tasks.filter((task): task is RunnerTestCase => task.type === 'test');
  if (rows.some((row) => row.mode !== 'run')) return undefined;
  return `${rows.filter((row) => row.result?.state === 'pass').length} of ${rows.length}`;
}

afterAll(() => {
  const today = new Date().toISOString().slice(0, 10);
  // A run of some layouts leaves the rows of the others as they are.
  const rows = rowsOfSection(page, 'layouts');
  for (const suite of driven) {
    const layout = Object.keys(layouts).find((one) => titleOf(one) === suite.name);
    const result = resultOf(suite);
    if (layout !== undefined && result !== undefined) rows.set(layout, [layout, result, today]);
  }
  const names = [...new Set([...Object.keys(layouts), seedLayout])];
  const ordered = names.flatMap((layout) => [rows.get(layout) ?? []].filter((row) => row.length > 0));
  writeSection(page, 'layouts', markdownTable(['layout', 'rows passed', 'run on'], ordered));
});
