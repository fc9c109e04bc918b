import type { CheckedExpression } from '../expression.js';
import type { ProblemList } from '../problem.js';
import type { CallNode, ValueType } from '../syntax.js';
import { fits, isNumeric, type Evaluate, type Value } from '../value.js';

export interface CallToCheck {
  readonly args: readonly CheckedExpression[];
  readonly call: CallNode;
  readonly name: string;
  readonly problems: ProblemList;
}
export interface CheckedCall {
  readonly type: ValueType;
  readonly evaluate: Evaluate;
  /** false: reads a clock or makes random values. */
  readonly repeatable?: false;
}
export interface RuleFunction {
  /** `null` after reporting what is wrong. */
  check(call: CallToCheck): CheckedCall | null;
}

/** What a parameter takes: a type, any number, or anything. */
export type Parameter = ValueType | 'number' | 'any';

export interface Signature {
  readonly takes: readonly Parameter[];
  /** Parameters at the end that may be left out. */
  readonly optional?: number;
  /** The last parameter may be repeated. */
  readonly repeats?: boolean;
  readonly gives: ValueType | ((types: readonly ValueType[]) => ValueType);
  /** Gets no null: an argument that is null makes the result null. Throwing or giving `undefined` makes it null too. */
  readonly run: (...args: never[]) => Value | undefined;
  readonly repeatable?: false;
}

/** A function whose parameters have fixed types. Where it gives bool, null becomes false. */
export function simple(signature: Signature): RuleFunction {
  const { takes, gives, run, repeatable } = signature;
  return {
    check(call) {
      if (!argumentsFit(call, signature)) return null;
      const type = typeof gives === 'function' ? gives(call.args.map((arg) => arg.type)) : gives;
      const evaluators = call.args.map((arg) => arg.evaluate);
      const ifNull = type === 'bool' ? false : null;
      const evaluate = guarded(evaluators, run as (...args: Value[]) => Value | undefined, ifNull, takes.length === 0);
      return repeatable === false ? { type, evaluate, repeatable } : { type, evaluate };
    },
  };
}

/** Checks count and types; reports the first that is wrong. */
export function argumentsFit(
  call: CallToCheck,
  { takes, optional = 0, repeats = false }: Omit<Signature, 'gives' | 'run'>,
): boolean {
  const { args, name, problems } = call;
  const least = takes.length - optional;
  if (args.length < least || (!repeats && args.length > takes.length)) {
    const most = repeats ? `${least} or more` : optional > 0 ? `${least} to ${takes.length}` : String(least);
    problems.error(call.call.close, `${name} takes ${most} arguments, found ${args.length}`);
    return false;
  }
  for (const [i, arg] of args.entries()) {
    const wanted = takes[Math.min(i, takes.length - 1)] as Parameter;
    if (accepts(wanted, arg.type)) continue;
    const hint = arg.type === 'object' ? `; wrap it in cast(…, '${wanted === 'number' ? 'long' : wanted}')` : '';
    problems.error(arg.span, `argument ${i + 1} of ${name} must be ${wanted}, found ${arg.type}${hint}`);
    return false;
  }
  return true;
}

function accepts(wanted: Parameter, type: ValueType): boolean {
  if (wanted === 'any') return true;
  return wanted === 'number' ? isNumeric(type) : fits(type, wanted);
}

function guarded(
  evaluators: readonly Evaluate[],
  run: (...args: Value[]) => Value | undefined,
  ifNull: Value,
  passesNothing: boolean,
): Evaluate {
  return (row, context) => {
    const values: Value[] = [];
    if (!passesNothing) {
      for (const evaluate of evaluators) {
        const value = evaluate(row, context);
        if (value === null) {
          context.failures++;
          return ifNull;
        }
        values.push(value);
      }
    }
    const result = attempt(run, values);
    if (result === undefined || result === null) {
      context.failures++;
      return ifNull;
    }
    return result;
  };
}

/** A rule never fails because one request's value does not suit a function: the value is null, and counted. */
function attempt(run: (...args: Value[]) => Value | undefined, values: readonly Value[]): Value | undefined {
  try {
    return run(...values);
  } catch {
    return undefined;
  }
}
