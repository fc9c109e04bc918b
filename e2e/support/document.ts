import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './settings.js';

/** A markdown table with aligned columns, as the formatter leaves it. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}

/** Rows of the table that a section holds, by their first cell. */
export function rowsOfSection(file: string, name: string): Map<string, string[]> {
  const whole = readFileSync(join(root, file), 'utf8');
  const [, section = ''] = whole.split(new RegExp(`<!-- ${name}: (?:begin|end) -->`));
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  const cells = lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(cells.map((row) => [row[0] ?? '', row]));
}

/** Replaces what stands between `<!-- name: begin -->` and `<!-- name: end -->`, under the date of today. */
export function writeSection(file: string, name: string, text: string): void {
  process.stdout.write(`\n${text}\n`);
  const path = join(root, file);
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const whole = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (!whole.includes(begin) || !whole.includes(end)) throw new Error(`${file} has no section ${begin} … ${end}`);
  const before = whole.slice(0, whole.indexOf(begin));
  const after = whole.slice(whole.indexOf(end));
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(path, `${before}${begin}\n\nLast run: ${date}\n\n${text}\n${after}`);
}
