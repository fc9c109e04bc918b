import type { RE2JS } from 're2js';
import type { CheckedExpression } from '../expression.js';
import { textOf } from '../value.js';
import { patternOf, withPattern } from './regex.js';
import { argumentsFit, simple, type RuleFunction } from './signature.js';

/** Longest text that `repeat` and `replaceAll` make. */
const maxLength = 10_000;

function bounded(text: string): string | undefined {
  return text.length <= maxLength ? text : undefined;
}

function replaced(pattern: RE2JS, text: string, by: string, all: boolean): string | undefined {
  const matcher = pattern.matcher(text);
  return bounded(all ? matcher.replaceAll(by, true) : matcher.replaceFirst(by, true));
}

/** Null arguments are left out; values of any type are joined as text. */
const concat: RuleFunction = {
  check(call) {
    if (!argumentsFit(call, { takes: ['any', 'any'], repeats: true })) return null;
    const { args } = call;
    return {
      type: 'string',
      evaluate: (row, context) => {
        let text = '';
        for (const { evaluate, type } of args) text += textOf(evaluate(row, context), type) ?? '';
        return text;
      },
    };
  },
};

/** `substr(text, begin[, length])` or `substr(text, pattern[, group])`, by the type of the second argument. */
const substr: RuleFunction = {
  check(call) {
    const byPattern = call.args[1]?.type === 'string';
    return (byPattern ? substrByPattern : substrByPlace).check(call);
  },
};
const substrByPlace = simple({
  takes: ['string', 'int', 'int'],
  optional: 1,
  gives: 'string',
  run: (text: string, begin: number, length?: number) => {
    const end = length === undefined ? text.length : begin + length;
    return begin < 0 || end > text.length || end < begin ? undefined : text.slice(begin, end);
  },
});
const substrByPattern = withPattern({
  takes: ['string', 'string', 'int'],
  optional: 1,
  pattern: 1,
  gives: 'string',
  run: (pattern, text: string, group?: number) => {
    const matcher = pattern.matcher(text);
    return matcher.find() ? (matcher.group(group ?? 0) ?? '') : '';
  },
});

/** False for a null text, where other functions would give null. */
const contains: RuleFunction = {
  check(call) {
    if (!argumentsFit(call, { takes: ['string', 'string'] })) return null;
    const [text, part] = call.args as [CheckedExpression, CheckedExpression];
    return {
      type: 'bool',
      evaluate: (row, context) => {
        const [whole, wanted] = [text.evaluate(row, context), part.evaluate(row, context)];
        return typeof whole === 'string' && typeof wanted === 'string' && whole.includes(wanted);
      },
    };
  },
};

const one = { takes: ['string'], gives: 'string' } as const;

export const stringFunctions: Readonly<Record<string, RuleFunction>> = {
  'str:concat': concat,
  'str:contains': contains,
  'str:substr': substr,
  'str:length': simple({ takes: ['string'], gives: 'int', run: (text: string) => text.length }),
  'str:lower': simple({ ...one, run: (text: string) => text.toLowerCase() }),
  'str:upper': simple({ ...one, run: (text: string) => text.toUpperCase() }),
  'str:trim': simple({ ...one, run: (text: string) => text.trim() }),
  'str:reverse': simple({ ...one, run: (text: string) => Array.from(text).reverse().join('') }),
  'str:equalsIgnoreCase': simple({
    takes: ['string', 'string'],
    gives: 'bool',
    run: (a: string, b: string) => a.toLowerCase() === b.toLowerCase(),
  }),
  'str:strcmp': simple({
    takes: ['string', 'string'],
    gives: 'int',
    run: (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1),
  }),
  'str:charAt': simple({
    takes: ['string', 'int'],
    gives: 'string',
    run: (text: string, at: number) => (at >= 0 && at < text.length ? text.charAt(at) : undefined),
  }),
  'str:repeat': simple({
    takes: ['string', 'int'],
    gives: 'string',
    run: (text: string, times: number) =>
      times >= 0 && text.length * times <= maxLength ? text.repeat(times) : undefined,
  }),
  'str:replaceAll': withPattern({
    takes: ['string', 'string', 'string'],
    pattern: 1,
    gives: 'string',
    run: (pattern, text: string, by: string) => replaced(pattern, text, by, true),
  }),
  'str:replaceFirst': withPattern({
    takes: ['string', 'string', 'string'],
    pattern: 1,
    gives: 'string',
    run: (pattern, text: string, by: string) => replaced(pattern, text, by, false),
  }),
  'str:split': simple({
    takes: ['string', 'string', 'int'],
    gives: 'string',
    run: (text: string, separator: string, part: number) => patternOf(separator).split(text)[part],
  }),
  'str:regexp': withPattern({
    takes: ['string', 'string'],
    pattern: 1,
    gives: 'bool',
    run: (pattern, text: string) => pattern.matches(text),
  }),
};
