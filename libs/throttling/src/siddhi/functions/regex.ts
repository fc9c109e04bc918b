import { RE2JS } from 're2js';
import type { CheckedExpression } from '../expression.js';
import type { ValueType } from '../syntax.js';
import type { Value } from '../value.js';
import { argumentsFit, type CallToCheck, type Parameter, type RuleFunction } from './signature.js';

const maxRemembered = 200;
const remembered = new Map<string, RE2JS>();

/**
 * A pattern of the linear-time engine; those that come out of requests are kept for reuse, within a bound.
 * @throws Error for a pattern that the engine has not, such as back-references and look-around
 */
export function patternOf(text: string): RE2JS {
  const known = remembered.get(text);
  if (known) return known;
  const compiled = RE2JS.compile(text);
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(text, compiled);
  return compiled;
}

/** A function with a pattern among its texts: a constant one is checked when the rule is saved. */
export function withPattern(options: {
  readonly takes: readonly Parameter[];
  readonly optional?: number;
  /** Which argument is the pattern. */
  readonly pattern: number;
  readonly gives: ValueType;
  readonly run: (pattern: RE2JS, ...others: never[]) => Value | undefined;
}): RuleFunction {
  const { takes, optional = 0, pattern: at, gives } = options;
  const run = options.run as (pattern: RE2JS, ...others: Value[]) => Value | undefined;
  const ifNull = gives === 'bool' ? false : null;
  return {
    check(call) {
      if (!argumentsFit(call, { takes, optional }) || !patternCompiles(call, at)) return null;
      const { constant } = call.args[at] as CheckedExpression;
      const fixed = typeof constant === 'string' ? RE2JS.compile(constant) : null;
      const evaluators = call.args.map((arg) => arg.evaluate);
      return {
        type: gives,
        evaluate: (row, context) => {
          const values = evaluators.map((evaluate) => evaluate(row, context));
          const result = values.includes(null) ? null : applied(run, fixed, at, values);
          if (result !== null) return result;
          context.failures++;
          return ifNull;
        },
      };
    },
  };
}

/** Null when a pattern that came with a request is none, or an argument is out of range. */
function applied(
  run: (pattern: RE2JS, ...others: Value[]) => Value | undefined,
  fixed: RE2JS | null,
  at: number,
  values: readonly Value[],
): Value {
  try {
    return run(fixed ?? patternOf(values[at] as string), ...values.filter((_, i) => i !== at)) ?? null;
  } catch {
    return null;
  }
}

function patternCompiles(call: CallToCheck, at: number): boolean {
  const { constant, span } = call.args[at] as CheckedExpression;
  if (typeof constant !== 'string') return true;
  try {
    RE2JS.compile(constant);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read';
    call.problems.error(span, `this regular expression cannot be used (no look-around, no back-references): ${reason}`);
    return false;
  }
}

export const regexFunctions: Readonly<Record<string, RuleFunction>> = {
  'regex:find': withPattern({
    takes: ['string', 'string', 'int'],
    optional: 1,
    pattern: 0,
    gives: 'bool',
    run: (pattern, text: string, start?: number) => {
      if (start !== undefined && (start < 0 || start > text.length)) return undefined;
      return pattern.matcher(text).find(start ?? null);
    },
  }),
  'regex:matches': withPattern({
    takes: ['string', 'string'],
    pattern: 0,
    gives: 'bool',
    run: (pattern, text: string) => pattern.matches(text),
  }),
  'regex:lookingAt': withPattern({
    takes: ['string', 'string'],
    pattern: 0,
    gives: 'bool',
    run: (pattern, text: string) => pattern.matcher(text).lookingAt(),
  }),
  'regex:group': withPattern({
    takes: ['string', 'string', 'int'],
    pattern: 0,
    gives: 'string',
    run: (pattern, text: string, group: number) => {
      const matcher = pattern.matcher(text);
      return matcher.find() && group >= 0 && group <= pattern.groupCount() ? matcher.group(group) : undefined;
    },
  }),
};
