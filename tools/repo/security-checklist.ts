import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mustNotHappen, requirements, type SecurityLine } from './security-lines.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const checklistFile = `${root}docs/security-checklist.md`;

/** Files of tests by the ids that names of their tests begin with or hold. */
type TestFiles = ReadonlyMap<string, readonly string[]>;

/** A test or a group of tests, up to the end of its name. */
const namedTest = /\b(?:it|describe|test)(?:\.\w+)*(?:\([^'"`]*?)?\(\s*(['"`])(.*?)\1/gs;
/** Of `it.each([…])('name'`, whose table stands between: the name alone. */
const namedTable = /\]\s*\)\(\s*(['"`])(.*?)\1/gs;

/** Which ids the names of tests in a file hold. */
export function idsIn(text: string): string[] {
  const names = [...text.matchAll(namedTest), ...text.matchAll(namedTable)].map(([, , name = '']) => name);
  return [...new Set(names.flatMap((name) => name.match(/\b[RV]-\d\d\b/g) ?? []))];
}

function filesOfTests(): TestFiles {
  const files = globSync('{apps,libs,e2e}/**/*.{spec,measure,layouts,servers,browser,fault}.ts', {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(path),
  }).toSorted();
  const found = new Map<string, string[]>();
  for (const file of files)
    for (const id of idsIn(readFileSync(`${root}${file}`, 'utf8'))) found.set(id, [...(found.get(id) ?? []), file]);
  return found;
}

/** The page: what each line asks for, and which tests carry its name. */
export function checklistPage(tests: TestFiles = filesOfTests()): string {
  return `# Security checklist

What the installation promises about security, and the tests that hold it to that: the files in which the name of a test
holds the id. \`npm run security-checklist\` writes this page from them; the lines are in \`tools/repo/security-lines.ts\`.
A line without a test is no promise.

## Requirements

${tableOf(requirements, tests)}
## What happened to others and must not happen here

${tableOf(mustNotHappen, tests)}`;
}

function tableOf(lines: readonly SecurityLine[], tests: TestFiles): string {
  const rows = lines.map(({ id, text, notBuilt }) => {
    const files = (tests.get(id) ?? []).map((file) => `[${file.split('/').at(-1) ?? file}](../${file})`);
    return `| ${id} | ${text} | ${files.length > 0 ? files.join(', ') : notBuilt ? 'not built yet' : 'no test of this name yet'} |`;
  });
  return ['| id | line | tests |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(checklistFile, checklistPage());
