import { StartupError } from '@tollgate/base';
import { getStaticTOMLValue, parseTOML, ParseError, type AST } from 'toml-eslint-parser';

export interface ParsedToml {
  readonly value: Record<string, unknown>;
  /** 1-based line of a key such as `apim.throttling.url_group.0.type`, or of its nearest parent. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/** @throws StartupError with file, line and reason */
export function readToml(text: string, file: string): ParsedToml {
  let ast: AST.TOMLProgram;
  try {
    ast = parseTOML(text, { tomlVersion: '1.0' });
  } catch (error) {
    if (error instanceof ParseError)
      throw new StartupError([`${file}:${error.lineNumber}: ${error.message}. Correct the line.`]);
    throw error;
  }
  const lines = new Map<string, number>();
  for (const node of ast.body[0].body) {
    const prefix = node.type === 'TOMLTable' ? node.resolvedKey.map(String) : [];
    if (node.type === 'TOMLTable') {
      lines.set(prefix.join('.'), node.loc.start.line);
      for (const entry of node.body) noteEntry(entry, prefix, lines);
    } else noteEntry(node, prefix, lines);
  }
  return {
    value: getStaticTOMLValue(ast) as Record<string, unknown>,
    lineOf(path) {
      for (let length = path.length; length > 0; length--) {
        const line = lines.get(path.slice(0, length).map(String).join('.'));
        if (line !== undefined) return line;
      }
      return undefined;
    },
  };
}

function noteEntry(entry: AST.TOMLKeyValue, prefix: readonly string[], lines: Map<string, number>): void {
  const path = [...prefix, ...entry.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))];
  lines.set(path.join('.'), entry.loc.start.line);
  if (entry.value.type === 'TOMLInlineTable') for (const inner of entry.value.body) noteEntry(inner, path, lines);
}
