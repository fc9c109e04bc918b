import { randomUUID } from 'node:crypto';
import type { CheckedExpression } from '../expression.js';
import type { ValueType } from '../syntax.js';
import { classOf, isNumeric, textOf, type Value } from '../value.js';
import { argumentsFit, type CallToCheck, type CheckedCall, type RuleFunction } from './signature.js';

const targets = ['int', 'long', 'float', 'double', 'bool', 'string'] as const;
type Target = (typeof targets)[number];

const ifThenElse: RuleFunction = {
  check(call) {
    if (!argumentsFit(call, { takes: ['bool', 'any', 'any'] })) return null;
    const [condition, yes, no] = call.args as [CheckedExpression, CheckedExpression, CheckedExpression];
    if (!sameType(call, [yes, no], 1)) return null;
    return {
      type: yes.type,
      evaluate: (row, context) =>
        condition.evaluate(row, context) === true ? yes.evaluate(row, context) : no.evaluate(row, context),
    };
  },
};

const coalesce: RuleFunction = {
  check(call) {
    if (!argumentsFit(call, { takes: ['any'], repeats: true }) || !sameType(call, call.args, 0)) return null;
    const { args } = call;
    return {
      type: (args[0] as CheckedExpression).type,
      evaluate: (row, context) => {
        for (const { evaluate } of args) {
          const value = evaluate(row, context);
          if (value !== null) return value;
        }
        return null;
      },
    };
  },
};

/** `cast` keeps the value where it is of the type or fits it; `convert` computes another one. */
function toType(give: (value: Value, from: ValueType, to: Target) => Value, takesObject: boolean): RuleFunction {
  return {
    check(call) {
      if (!argumentsFit(call, { takes: ['any', 'string'] })) return null;
      const [value, type] = call.args as [CheckedExpression, CheckedExpression];
      const name = typeof type.constant === 'string' ? type.constant.toLowerCase() : '';
      const to = targets.find((each) => each === name);
      if (!to) {
        const shown =
          typeof type.constant === 'string' ? `unknown type '${type.constant}'` : 'the type must be a constant text';
        call.problems.error(type.span, `${shown}; one of ${targets.join(', ')}`);
        return null;
      }
      if (value.type === 'object' && !takesObject) {
        call.problems.error(value.span, `argument 1 of ${call.name} must not be object; use cast(…, '${to}') first`);
        return null;
      }
      return {
        type: to,
        evaluate: (row, context) => {
          const given = value.evaluate(row, context);
          const result = given === null ? null : give(given, value.type, to);
          if (result === null) context.failures++;
          return result;
        },
      };
    },
  };
}

function cast(value: Value, from: ValueType, to: Target): Value {
  if (to === 'string') return textOf(value, from === 'object' ? (classOf(value) ?? from) : from);
  if (to === 'bool') return typeof value === 'boolean' ? value : null;
  if (typeof value !== 'number') return null;
  const order = ['int', 'long', 'float', 'double'];
  const has = from === 'object' ? (classOf(value) as ValueType) : from;
  if (order.indexOf(has) > order.indexOf(to) && !(has === 'double' && to === 'float')) return null;
  return to === 'float' ? Math.fround(value) : value;
}

function convert(value: Value, from: ValueType, to: Target): Value {
  if (to === 'string') return textOf(value, from);
  if (to === 'bool')
    return typeof value === 'string' ? value.toLowerCase() === 'true' : typeof value === 'number' ? value === 1 : value;
  const number = typeof value === 'string' ? numberIn(value) : typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) return null;
  if (to === 'float') return Math.fround(number);
  if (to === 'double') return number;
  if (typeof value === 'string' && !/^[+-]?\d+$/.test(value.trim())) return null;
  const whole = Math.trunc(number);
  if (to === 'int' && typeof value === 'string' && whole !== (whole | 0)) return null;
  return to === 'int' ? whole | 0 : whole;
}

/** A decimal number, or NaN for any other text. */
export function numberIn(text: string): number {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
}

function instanceOf(wanted: ValueType): RuleFunction {
  return {
    check(call) {
      if (!argumentsFit(call, { takes: ['any'] })) return null;
      const { type, evaluate } = call.args[0] as CheckedExpression;
      if (type !== 'object')
        return { type: 'bool', evaluate: (row, context) => type === wanted && evaluate(row, context) !== null };
      // What a property holds is known only when it is there: no property holds a 32-bit fraction.
      return { type: 'bool', evaluate: (row, context) => classOf(evaluate(row, context)) === wanted };
    },
  };
}

function extreme(pick: (a: number, b: number) => number): RuleFunction {
  return {
    check(call): CheckedCall | null {
      if (!argumentsFit(call, { takes: ['number'], repeats: true }) || !sameType(call, call.args, 0)) return null;
      const { args } = call;
      return {
        type: (args[0] as CheckedExpression).type,
        evaluate: (row, context) => {
          let best: number | null = null;
          for (const { evaluate } of args) {
            const value = evaluate(row, context);
            if (typeof value === 'number') best = best === null ? value : pick(best, value);
          }
          return best;
        },
      };
    },
  };
}

function clock(read: 'nowMs' | 'eventMs'): RuleFunction {
  return {
    check: (call) =>
      argumentsFit(call, { takes: [] })
        ? { type: 'long', evaluate: (_, context) => context[read], repeatable: false }
        : null,
  };
}

function sameType(call: CallToCheck, args: readonly CheckedExpression[], from: number): boolean {
  const [first] = args as [CheckedExpression];
  const other = args.findIndex(({ type }) => type !== first.type);
  if (other < 0) return true;
  const { type, span } = args[other] as CheckedExpression;
  const number =
    isNumeric(type) && isNumeric(first.type) ? `; write a constant of that type or convert(…, '${first.type}')` : '';
  call.problems.error(
    span,
    `argument ${from + other + 1} of ${call.name} must be ${first.type}, found ${type}${number}`,
  );
  return false;
}

export const coreFunctions: Readonly<Record<string, RuleFunction>> = {
  ifThenElse,
  coalesce,
  'str:coalesce': coalesce,
  cast: toType(cast, true),
  convert: toType(convert, false),
  instanceOfString: instanceOf('string'),
  instanceOfInteger: instanceOf('int'),
  instanceOfLong: instanceOf('long'),
  instanceOfFloat: instanceOf('float'),
  instanceOfDouble: instanceOf('double'),
  instanceOfBoolean: instanceOf('bool'),
  maximum: extreme(Math.max),
  minimum: extreme(Math.min),
  UUID: {
    check: (call) =>
      argumentsFit(call, { takes: [] }) ? { type: 'string', evaluate: () => randomUUID(), repeatable: false } : null,
  },
  eventTimestamp: clock('eventMs'),
  currentTimeMillis: clock('nowMs'),
  'time:timestampInMilliseconds': clock('nowMs'),
};
