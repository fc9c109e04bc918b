import type { IToken } from 'chevrotain';
import { didYouMean, type Span } from './problem.js';
import type { ConstantNode, NameNode, ValueType } from './syntax.js';
import { DoubleNumber, FloatNumber, LongNumber } from './tokens.js';

type Report = (at: Span, message: string) => void;

/** Units of time literals in falling order: years and months have the length that the field's engine gives them. */
const units: readonly { readonly names: readonly string[]; readonly ms: number }[] = [
  { names: ['year', 'years'], ms: 31_556_900_000 },
  { names: ['month', 'months'], ms: 2_630_000_000 },
  { names: ['week', 'weeks'], ms: 604_800_000 },
  { names: ['day', 'days'], ms: 86_400_000 },
  { names: ['hour', 'hours'], ms: 3_600_000 },
  { names: ['min', 'minute', 'minutes'], ms: 60_000 },
  { names: ['sec', 'second', 'seconds'], ms: 1_000 },
  { names: ['millisec', 'millisecond', 'milliseconds'], ms: 1 },
];
const wrongUnits: Readonly<Record<string, string>> = {
  mins: 'min',
  secs: 'sec',
  hr: 'hour',
  hrs: 'hour',
  h: 'hour',
  m: 'min',
  s: 'sec',
  ms: 'millisec',
};

/** What stands between the quotes: the language has no escapes. */
export function textConstant(token: IToken): ConstantNode {
  const quotes = token.image.startsWith('"""') ? 3 : 1;
  return { kind: 'constant', type: 'string', value: token.image.slice(quotes, -quotes), ...span(token) };
}

export function numberConstant(token: IToken, sign: IToken | null, report: Report): ConstantNode {
  const at = { start: (sign ?? token).startOffset, end: span(token).end };
  const type = typeOf(token);
  const factor = sign?.image === '-' ? -1 : 1;
  const value = factor * Number(token.image.replace(/[lLfFdD]$/, ''));
  const whole = type === 'int' || type === 'long';
  if (type === 'int' && (value > 2_147_483_647 || value < -2_147_483_648)) {
    report(at, `${token.image} does not fit 32 bits; write ${token.image}L`);
  } else if (whole && !Number.isSafeInteger(value)) {
    report(at, `${token.image} is too large: whole numbers are exact up to ${Number.MAX_SAFE_INTEGER}`);
  } else if (!Number.isFinite(value)) report(at, `${token.image} is too large for a number`);
  return { kind: 'constant', type, value: type === 'float' ? Math.fround(value) : value, ...at };
}

/** `1 hour 30 min`: parts in falling order, each unit once. */
export function timeConstant(
  parts: readonly { readonly number: IToken; readonly unit: NameNode }[],
  sign: IToken | null,
  report: Report,
): ConstantNode {
  let total = 0;
  let last = -1;
  for (const { number, unit } of parts) {
    const index = units.findIndex(({ names }) => names.includes(unit.text.toLowerCase()));
    if (index < 0) {
      report(unit, unknownUnit(unit.text));
      continue;
    }
    if (index <= last) report(unit, `'${unit.text}' is out of order: write larger units first and each unit once`);
    last = index;
    total += Number(number.image) * (units[index] as { ms: number }).ms;
  }
  const start = (sign ?? (parts[0] as { number: IToken }).number).startOffset;
  const at = { start, end: (parts.at(-1) as { unit: NameNode }).unit.end };
  if (sign?.image === '-') report(at, 'a length of time has no sign');
  if (!Number.isSafeInteger(total)) report(at, 'this length of time is too large');
  return { kind: 'constant', type: 'long', value: total, ...at };
}

function unknownUnit(text: string): string {
  const name = text.toLowerCase();
  if (Object.hasOwn(wrongUnits, name)) return `unknown unit '${text}', use ${wrongUnits[name]}`;
  return `unknown unit of time '${text}'${didYouMean(
    text,
    units.flatMap(({ names }) => names),
  )}`;
}

function typeOf({ tokenType }: IToken): ValueType {
  if (tokenType === DoubleNumber) return 'double';
  if (tokenType === FloatNumber) return 'float';
  return tokenType === LongNumber ? 'long' : 'int';
}

function span(token: IToken): Span {
  return { start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}
