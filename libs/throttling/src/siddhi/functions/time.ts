import type { CheckedExpression } from '../expression.js';
import { argumentsFit, simple, type RuleFunction } from './signature.js';

/** Parts of a moment, UTC. */
const parts: Readonly<Record<string, (at: Date) => number>> = {
  YEAR: (at) => at.getUTCFullYear(),
  MONTH: (at) => at.getUTCMonth() + 1,
  DAY: (at) => at.getUTCDate(),
  HOUR: (at) => at.getUTCHours(),
  MINUTE: (at) => at.getUTCMinutes(),
  SECOND: (at) => at.getUTCSeconds(),
};

function nowText(from: number, to: number): RuleFunction {
  return {
    check: (call) =>
      argumentsFit(call, { takes: [] })
        ? {
            type: 'string',
            evaluate: (_, { nowMs }) => new Date(nowMs).toISOString().replace('T', ' ').slice(from, to),
            repeatable: false,
          }
        : null,
  };
}

const extract: RuleFunction = {
  check(call) {
    if (!argumentsFit(call, { takes: ['long', 'string'] })) return null;
    const [moment, unit] = call.args as [CheckedExpression, CheckedExpression];
    const name = typeof unit.constant === 'string' ? unit.constant.toUpperCase() : '';
    const read = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (!read) {
      call.problems.error(unit.span, `the unit must be one of ${Object.keys(parts).join(', ')} as a constant text`);
      return null;
    }
    return {
      type: 'int',
      evaluate: (row, context) => {
        const ms = moment.evaluate(row, context);
        return typeof ms === 'number' && Math.abs(ms) <= 8.64e15 ? read(new Date(ms)) : null;
      },
    };
  },
};

/** Times are UTC. */
export const timeFunctions: Readonly<Record<string, RuleFunction>> = {
  'time:now': nowText(0, 19),
  'time:currentTimestamp': nowText(0, 19),
  'time:utcTimestamp': nowText(0, 19),
  'time:currentDate': nowText(0, 10),
  'time:currentTime': nowText(11, 19),
  'time:extract': extract,
};

export const throttlerFunctions: Readonly<Record<string, RuleFunction>> = {
  'throttler:bigIntcmp': simple({
    takes: ['string', 'string'],
    gives: 'int',
    run: (a: string, b: string) => {
      if (![a, b].every((text) => /^[+-]?\d{1,60}$/.test(text))) return undefined;
      const [x, y] = [BigInt(a), BigInt(b)];
      return x === y ? 0 : x < y ? -1 : 1;
    },
  }),
};
