import { EOF, type ILexingError, type IRecognitionException, type IToken } from 'chevrotain';
import { spanOf, StatementParser } from './grammar.js';
import type { ProblemList } from './problem.js';
import type { StatementNode } from './syntax.js';
import { Mark, NoComment, ruleLexer } from './tokens.js';

/** Bounds that keep every pass over a rule short. */
const maxTextLength = 20_000;
const maxTokens = 5_000;
const maxNesting = 40;

const parser = new StatementParser();

/** Reads a rule. Statements with an error are left out; the others are still read, so that one report names all. */
export function parseRule(text: string, problems: ProblemList): StatementNode[] {
  if (text.length > maxTextLength) {
    problems.error({ start: 0, end: 0 }, `a rule has at most ${maxTextLength} characters`);
    return [];
  }
  const { tokens, errors } = ruleLexer.tokenize(text);
  for (const error of errors) {
    problems.error({ start: error.offset, end: error.offset + error.length }, lexingMessage(text, error));
    // After an unclosed text everything is read wrongly.
    if (/^['"`]/.test(text.slice(error.offset))) return [];
  }
  const comment = tokens.find(({ tokenType }) => tokenType === NoComment);
  if (comment) problems.error(spanOf(comment), commentMessage(comment));
  if (errors.length > 0 || comment) return [];
  if (tokens.length > maxTokens) {
    problems.error(spanOf(tokens[maxTokens] as IToken), `a rule has at most ${maxTokens} words and signs`);
    return [];
  }
  return statementsOf(tokens).flatMap((statement) => parseStatement(statement, text, problems));
}

function statementsOf(tokens: readonly IToken[]): IToken[][] {
  const statements: IToken[][] = [[]];
  for (const token of tokens) {
    if (token.tokenType === Mark.Semicolon) statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}

function parseStatement(tokens: IToken[], text: string, problems: ProblemList): StatementNode[] {
  if (!bracketsMatch(tokens, problems)) return [];
  parser.input = tokens;
  parser.report = (at, message) => problems.error(at, message);
  const node = parser.statement();
  const [error] = parser.errors;
  if (!error) return [node];
  reportSyntax(error, tokens, text, problems);
  return [];
}

/** Unclosed brackets are told at their opening. */
function bracketsMatch(tokens: readonly IToken[], problems: ProblemList): boolean {
  const open: IToken[] = [];
  for (const token of tokens) {
    if (token.image === '(' || token.image === '[') open.push(token);
    if (open.length > maxNesting) {
      problems.error(spanOf(token), `brackets are nested more than ${maxNesting} deep`);
      return false;
    }
    if (token.image !== ')' && token.image !== ']') continue;
    const opened = open.pop();
    if (opened?.image === (token.image === ')' ? '(' : '[')) continue;
    problems.error(spanOf(opened ?? token), `'${(opened ?? token).image}' has no counterpart`);
    return false;
  }
  const unclosed = open.pop();
  if (unclosed) problems.error(spanOf(unclosed), `'${unclosed.image}' is never closed`);
  return unclosed === undefined;
}

function commentMessage({ image }: IToken): string {
  return image === '//' ? "comments begin with '--' or stand between '/*' and '*/'" : 'this comment is never closed';
}

function lexingMessage(text: string, { offset }: ILexingError): string {
  const rest = text.slice(offset);
  if (/^['"`]/.test(rest)) return `this ${rest[0] === '`' ? 'name' : 'text'} is not closed on its line`;
  const words: Readonly<Record<string, string>> = { '&': 'and', '|': 'or', '!': 'not' };
  const sign = rest[0] ?? '';
  return `'${sign}' means nothing here${Object.hasOwn(words, sign) ? `; write '${words[sign]}'` : ''}`;
}

/** Constructs of the full language that throttling rules lack, by the word at which a statement stops making sense. */
const unsupported: Readonly<Record<string, string>> = {
  join: 'join',
  left: 'join',
  right: 'join',
  full: 'join',
  inner: 'join',
  outer: 'join',
  unidirectional: 'join',
  '->': "a pattern ('->')",
  every: "a pattern ('every')",
  table: 'define table',
  trigger: 'define trigger',
  function: 'define function',
  aggregation: 'define aggregation',
  partition: 'partition with',
  in: "a table look-up ('in')",
  within: "'within'",
  per: "'per'",
  output: "rate-limited 'output'",
  update: "'update'",
  delete: "'delete'",
  return: "'return'",
  order: "'order by'",
  limit: "'limit'",
  offset: "'offset'",
  raw: "'all raw events'",
};

function reportSyntax(
  error: IRecognitionException,
  tokens: readonly IToken[],
  text: string,
  problems: ProblemList,
): void {
  const found = error.token;
  const atEnd = found.tokenType === EOF || !(found.startOffset >= 0);
  const last = tokens.at(-1) as IToken;
  const at = atEnd ? { start: spanOf(last).end, end: spanOf(last).end } : spanOf(found);
  const before = tokens[tokens.indexOf(found) - 1] ?? (atEnd ? last : undefined);
  const word = atEnd ? '' : found.image.toLowerCase();
  const wordBefore = before?.image.toLowerCase() ?? '';
  if (word === '=') return problems.error(at, "'=' is not an operator here; write '=='");
  if (word === '>' && wordBefore === '<')
    return problems.error(spanOf(before ?? found), "'<>' is not an operator; write '!='");
  if (word === 'window' && wordBefore === 'define') return problems.error(at, notSupported('define window'));
  if (wordBefore === 'every')
    return problems.error(spanOf(before ?? found), notSupported(unsupported['every'] as string));
  if (word === '#' && wordBefore === 'from') return problems.error(at, notSupported("an inner stream ('#…')"));
  if (
    word === ',' &&
    tokens[0]?.image.toLowerCase() === 'from' &&
    !/\bselect\b/i.test(text.slice(0, at.start).split(';').at(-1) ?? '')
  ) {
    return problems.error(at, notSupported('a sequence'));
  }
  if (Object.hasOwn(unsupported, word)) return problems.error(at, notSupported(unsupported[word] as string));
  const what = atEnd ? 'the statement ends' : `found '${found.image.slice(0, 40)}'`;
  problems.error(at, `${what} where ${expected(error, word)}`);
}

function notSupported(what: string): string {
  return `${what} is not supported in throttling rules`;
}

function expected(error: IRecognitionException, word: string): string {
  const names = [...error.message.matchAll(/--> (\w+) <--|\[(\w+)/g)].map(([, one, other]) =>
    readable(one ?? other ?? ''),
  );
  const unique = [...new Set(names)].slice(0, 8);
  const hint = /^(and|or|not|is|as|select|insert|group|having|at|plan)$/.test(word)
    ? `; a name such as \`${word}\` needs backticks`
    : '';
  return `${unique.length > 0 ? unique.join(' or ') : 'something else'} was expected${hint}`;
}

function readable(name: string): string {
  const token = Object.hasOwn(Mark, name) ? Mark[name as keyof typeof Mark] : null;
  if (token) return `'${token.PATTERN as string}'`;
  const words: Readonly<Record<string, string>> = { Name: 'a name', EOF: "';'", Text: 'a text', IntNumber: 'a number' };
  return Object.hasOwn(words, name) ? (words[name] as string) : /^[A-Z]/.test(name) ? 'a value' : `'${name}'`;
}
