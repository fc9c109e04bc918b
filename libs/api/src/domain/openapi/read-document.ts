import { JsonTextError, maxJsonDepth, parseStrictJson } from '@tollgate/base';
import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { InvalidDefinitionError } from './definition-problem.js';

export interface ReadDocument {
  readonly value: Readonly<Record<string, unknown>>;
  /** Place of the value at a JSON pointer; the nearest parent's when the value itself is not in the text. */
  readonly locate: (pointer: string) => { line: number; column: number };
}

/** YAML is parsed at about 1 MB/s, so it may be smaller than JSON. */
const maxYamlCharacters = 2_000_000;
const maxJsonCharacters = 5_000_000;
/** An alias repeats what it names; more of them than this is an attack, not a definition. */
const maxAliases = 100;
/** Text of the whole document after aliases are written out. */
const maxExpandedCharacters = 10_000_000;

/**
 * Reads JSON or YAML 1.2 as data only: no custom tags, no repeated names, no `__proto__`, bounded aliases, depth and size.
 * @throws InvalidDefinitionError with line and column
 */
export function readDocument(text: string): ReadDocument {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  // A text that begins like JSON is read as JSON only: the message then names JSON's rule.
  const looksLikeJson = /^\s*[{[]/.test(source);
  checkLength(source, looksLikeJson);
  if (looksLikeJson) return { value: mapping(strictJson(source)), locate: lazyLocator(source) };
  const lines = new LineCounter();
  const document = parseYaml(source, lines);
  checkStructure(document, lines);
  return { value: mapping(expand(document)), locate: locatorOf(document, lines) };
}

function refuse(reason: string, place: { line: number; column: number } = { line: 1, column: 1 }): never {
  throw new InvalidDefinitionError([{ line: place.line, column: place.column, pointer: '', reason }]);
}

function checkLength(source: string, json: boolean): void {
  const limit = json ? maxJsonCharacters : maxYamlCharacters;
  if (source.trim() === '') refuse('The definition is empty');
  if (source.length > limit) refuse(`The definition has ${source.length} characters, at most ${limit} are read`);
}

function strictJson(source: string): unknown {
  try {
    return parseStrictJson(source);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return refuse(error.reason, error);
  }
}

function parseYaml(source: string, lines: LineCounter): Document {
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    strict: true,
    uniqueKeys: false, // the library compares each name with all before it; checkStructure does it in one pass
    logLevel: 'silent',
  });
  const errors = [...document.errors, ...document.warnings].slice(0, 20);
  if (errors.length === 0) return document;
  throw new InvalidDefinitionError(
    errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return {
        line: Math.max(1, line),
        column: Math.max(1, col),
        pointer: '',
        reason: error.message.replace(/\.$/, ''),
      };
    }),
  );
}

function checkStructure(document: Document, lines: LineCounter): void {
  let aliases = 0;
  visit(document, {
    Node(_, node, path) {
      const at = (): { line: number; column: number } => placeOf(node, lines);
      if (isAlias(node) && ++aliases > maxAliases) refuse(`More than ${maxAliases} aliases`, at());
      if (isCollection(node) && path.filter(isCollection).length >= maxJsonDepth)
        refuse(`Nested deeper than ${maxJsonDepth} levels`, at());
    },
    Map(_, map) {
      checkNames(map, lines);
    },
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === '__proto__')
        refuse('The name "__proto__" is not allowed', placeOf(pair.key, lines));
      if (!isScalar(pair.key)) refuse('A name must be plain text', placeOf(pair.key as Node, lines));
    },
  });
}

/** Two names are the same when JavaScript's object would take them for one: `1` and `"1"` are. */
function checkNames(map: YAMLMap, lines: LineCounter): void {
  const names = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (names.has(name)) refuse(`The name ${JSON.stringify(name.slice(0, 80))} is repeated`, placeOf(key, lines));
    names.add(name);
  }
}

function expand(document: Document): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    const text = JSON.stringify(value) ?? '';
    if (text.length > maxExpandedCharacters) refuse('The definition is too large once its aliases are written out');
    return parseStrictJson(text);
  } catch (error) {
    if (error instanceof InvalidDefinitionError) throw error;
    return refuse(error instanceof Error ? error.message : 'The definition cannot be read');
  }
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return refuse('A definition is an object with "openapi", "swagger" or "asyncapi" at its top');
}

function placeOf(node: Node | null | undefined, lines: LineCounter): { line: number; column: number } {
  const place = lines.linePos(node?.range?.[0] ?? 0);
  return { line: Math.max(1, place.line), column: Math.max(1, place.col) };
}

/** Most definitions are right: the positions of a JSON text are worked out only when a problem is to be placed. */
function lazyLocator(source: string): ReadDocument['locate'] {
  let locate: ReadDocument['locate'] | undefined;
  return (pointer) => {
    const lines = new LineCounter();
    locate ??= locatorOf(
      parseDocument(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'silent' }),
      lines,
    );
    return locate(pointer);
  };
}

function locatorOf(document: Document, lines: LineCounter): ReadDocument['locate'] {
  return (pointer) => {
    let node: unknown = document.contents;
    let place = placeOf(document.contents as Node | null, lines);
    for (const part of pointer.split('/').slice(1).map(unescapePointer)) {
      if (isAlias(node)) node = node.resolve(document);
      if (!isCollection(node)) break;
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === part)
        : undefined;
      const next: unknown = node.get(isMap(node) ? part : Number(part), true);
      if (next === undefined && !pair) break;
      place = placeOf((pair?.key ?? next) as Node, lines);
      node = next;
    }
    return place;
  };
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
