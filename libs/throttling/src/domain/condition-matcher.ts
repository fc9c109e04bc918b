import { RE2JS } from 're2js';
import type { ThrottleCondition } from '../contract/index.js';
import { compileIpMatcher, type IpAddress } from './ip-match.js';

/** What conditions ask of a request. A name that the request does not have gives no values. */
export interface RequestFacts {
  /** `null` when the address cannot be read. */
  address(): IpAddress | null;
  /** Values of all fields of that name, given in lower case. */
  headers(lowerName: string): readonly string[];
  queryParameters(name: string): readonly string[];
  claims(name: string): readonly string[];
}

/** Kinds of conditions that a gateway looks at, beside addresses. */
export interface ConditionSwitches {
  readonly headers: boolean;
  readonly queryParameters: boolean;
  readonly jwtClaims: boolean;
}

export type GroupMatcher = (facts: RequestFacts) => boolean;

/** Longest expression, and largest program made from one: both bound how long a match may take (it is linear in each). */
export const maxPatternLength = 500;
const maxProgramSize = 2_000;

/** Why an expression cannot be used. */
export class PatternError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'PatternError';
  }
}

/**
 * Compiles a regular expression in RE2 syntax: it is looked for anywhere in the value, in time linear in its length.
 * @throws PatternError
 */
export function compilePattern(pattern: string): (value: string) => boolean {
  if (pattern === '' || pattern.length > maxPatternLength) {
    throw new PatternError(`Must be a regular expression of 1 to ${maxPatternLength} characters.`);
  }
  const compiled = compiledBy(pattern);
  if (compiled.programSize() > maxProgramSize) {
    throw new PatternError('Is too large a regular expression: use fewer or smaller repetitions.');
  }
  return (value) => compiled.test(value);
}

function compiledBy(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PatternError(`Is no regular expression in RE2 syntax (no look-around, no back-references): ${reason}.`);
  }
}

/**
 * Compiles a group, once, when its policy arrives: all its conditions have to hold. One that needs a kind of condition
 * that is switched off never matches, inverted or not.
 * @throws PatternError, IpConditionError
 */
export function compileGroup(conditions: readonly ThrottleCondition[], switches: ConditionSwitches): GroupMatcher {
  const matchers = conditions.map(compileCondition);
  if (conditions.length === 0 || conditions.some((condition) => !isSwitchedOn(condition, switches))) return () => false;
  return (facts) => matchers.every((matches) => matches(facts));
}

/** Whether a gateway with these switches looks at the condition. */
export function isSwitchedOn({ type }: ThrottleCondition, switches: ConditionSwitches): boolean {
  switch (type) {
    case 'IPCONDITION':
      return true;
    case 'HEADERCONDITION':
      return switches.headers;
    case 'QUERYPARAMETERCONDITION':
      return switches.queryParameters;
    case 'JWTCLAIMSCONDITION':
      return switches.jwtClaims;
  }
}

function compileCondition(condition: ThrottleCondition): GroupMatcher {
  const { invert } = condition;
  if (condition.type === 'IPCONDITION') {
    const matches = compileIpMatcher({ ...condition.address, invert });
    return (facts) => {
      const address = facts.address();
      return address !== null && matches(address);
    };
  }
  const matches = compilePattern(condition.pattern);
  const valuesOf = readerOf(condition);
  return (facts) => valuesOf(facts).some(matches) !== invert;
}

function readerOf(
  condition: Exclude<ThrottleCondition, { type: 'IPCONDITION' }>,
): (facts: RequestFacts) => readonly string[] {
  const { type, name } = condition;
  if (type === 'QUERYPARAMETERCONDITION') return (facts) => facts.queryParameters(name);
  if (type === 'JWTCLAIMSCONDITION') return (facts) => facts.claims(name);
  const lowerName = name.toLowerCase();
  return (facts) => facts.headers(lowerName);
}
