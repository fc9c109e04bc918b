import { createToken, Lexer, type TokenType } from 'chevrotain';

/** Every word that can be a name, keywords included where the language lets them. */
export const Name = createToken({ name: 'Name', pattern: Lexer.NA });
export const Identifier = createToken({
  name: 'Identifier',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [Name],
});
export const QuotedName = createToken({ name: 'QuotedName', pattern: /`[^`\r\n]+`/, categories: [Name] });

function keyword(name: string, pattern: RegExp, mayBeName: boolean): TokenType {
  return createToken({ name, pattern, longer_alt: Identifier, ...(mayBeName ? { categories: [Name] } : {}) });
}

export const Define = keyword('define', /define/i, true);
export const Stream = keyword('stream', /stream/i, true);
export const From = keyword('from', /from/i, true);
export const Select = keyword('select', /select/i, false);
export const Group = keyword('group', /group/i, false);
export const By = keyword('by', /by/i, true);
export const Having = keyword('having', /having/i, false);
export const Insert = keyword('insert', /insert/i, false);
export const Into = keyword('into', /into/i, true);
export const As = keyword('as', /as/i, false);
export const Is = keyword('is', /is/i, false);
export const Null = keyword('null', /null/i, true);
export const Not = keyword('not', /not/i, false);
export const And = keyword('and', /and/i, false);
export const Or = keyword('or', /or/i, false);
export const Current = keyword('current', /current/i, true);
export const Expired = keyword('expired', /expired/i, true);
export const All = keyword('all', /all/i, true);
export const Events = keyword('events', /events/i, true);
export const Window = keyword('window', /window/i, true);
export const Bool = keyword('Bool', /true|false/i, false);
/** Words that are never a name. */
export const Reserved = keyword('Reserved', /function|trigger|plan|at|in/i, false);

export const DoubleNumber = createToken({
  name: 'DoubleNumber',
  pattern: /(?:(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)(?:[dD](?![A-Za-z0-9_]))?|\d+[dD](?![A-Za-z0-9_])/,
});
export const FloatNumber = createToken({
  name: 'FloatNumber',
  pattern: /(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[fF](?![A-Za-z0-9_])/,
});
export const LongNumber = createToken({ name: 'LongNumber', pattern: /\d+[lL](?![A-Za-z0-9_])/ });
export const IntNumber = createToken({ name: 'IntNumber', pattern: /\d+/ });
export const Text = createToken({
  name: 'Text',
  // Control characters end a text of one line: an unclosed quote is then told at its opening.
  pattern: /"""(?:[^"]|"{1,2}(?!"))*"""|'[^'"\r\n\t\v\f]*'|"[^"\r\n\t\v\f]*"/,
  line_breaks: true,
  start_chars_hint: ['"', "'"],
});

const punctuation = {
  Arrow: '->',
  Equal: '==',
  Unequal: '!=',
  AtMost: '<=',
  AtLeast: '>=',
  Less: '<',
  More: '>',
  Assign: '=',
  Plus: '+',
  Minus: '-',
  Times: '*',
  Divide: '/',
  Modulo: '%',
  Hash: '#',
  At: '@',
  Colon: ':',
  Semicolon: ';',
  Comma: ',',
  Dot: '.',
  OpenParen: '(',
  CloseParen: ')',
  OpenBracket: '[',
  CloseBracket: ']',
} as const;
export const Mark = Object.fromEntries(
  Object.entries(punctuation).map(([name, pattern]) => [name, createToken({ name, pattern })]),
) as Readonly<Record<keyof typeof punctuation, TokenType>>;

const Blank = createToken({ name: 'Blank', pattern: /[ \t\r\n\v]+/, group: Lexer.SKIPPED, line_breaks: true });
const LineComment = createToken({ name: 'LineComment', pattern: /--[^\n]*/, group: Lexer.SKIPPED });
const BlockComment = createToken({
  name: 'BlockComment',
  pattern: /\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//,
  group: Lexer.SKIPPED,
  line_breaks: true,
});

/** What somebody meant as a comment: never part of a rule. */
export const NoComment = createToken({ name: 'NoComment', pattern: /\/\/|\/\*[^]*/, line_breaks: true });

export const allTokens: TokenType[] = [
  Blank,
  LineComment,
  BlockComment,
  NoComment,
  Text,
  QuotedName,
  DoubleNumber,
  FloatNumber,
  LongNumber,
  IntNumber,
  Define,
  Stream,
  From,
  Select,
  Group,
  By,
  Having,
  Insert,
  Into,
  As,
  Is,
  Null,
  Not,
  And,
  Or,
  Current,
  Expired,
  All,
  Events,
  Window,
  Bool,
  Reserved,
  Identifier,
  Name,
  ...Object.values(Mark),
];

export const ruleLexer = new Lexer(allTokens, { positionTracking: 'onlyOffset', ensureOptimizations: false });
