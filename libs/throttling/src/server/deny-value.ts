import { InvalidInputError, qualifiedUserName, type FieldProblem } from '@tollgate/base';
import type { DenyConditionRecord } from '../contract/index.js';
import { compileIpMatcher, IpConditionError, type IpCondition } from '../domain/index.js';

type DenyType = DenyConditionRecord['type'];
type DenyValue = DenyConditionRecord['value'];

const where = 'conditionValue';

/**
 * Checks a value as it came and gives it the form that gateways compare with.
 * @throws InvalidInputError naming the part of the value at fault
 */
export function denyValue(type: DenyType, value: unknown, organization: string): DenyValue {
  if (type === 'IP' || type === 'IPRANGE') return ipValue(type, value);
  if (typeof value !== 'string' || value.trim() === '' || value.length > 1_000) {
    throw invalid(where, `${type} needs a text such as "${examples[type]}".`);
  }
  const text = value.trim();
  if (!shapes[type].test(text)) throw invalid(where, `Write it like "${examples[type]}".`);
  return type === 'USER' ? qualifiedUserName(text, organization) : text;
}

const examples = {
  API: '/pizzashack/1.0.0',
  APPLICATION: 'owner:DefaultApplication',
  USER: 'bob@carbon.super',
  SUBSCRIPTION: '/pizzashack/1.0.0:1.0.0:bob@carbon.super-DefaultApplication:PRODUCTION',
} as const;

const shapes = {
  API: /^\/[^\s:]+$/,
  APPLICATION: /^[^:]+:.+$/,
  USER: /^\S+$/,
  SUBSCRIPTION: /^\/[^\s:]+:[^\s:]+:.+-.+:(PRODUCTION|SANDBOX)$/,
} as const;

function ipValue(type: 'IP' | 'IPRANGE', value: unknown): DenyValue {
  const given = (typeof value === 'object' ? value : null) as Record<string, unknown> | null;
  const names = type === 'IP' ? ['fixedIp'] : ['startingIp', 'endingIp'];
  const problems: FieldProblem[] = names
    .filter((name) => typeof given?.[name] !== 'string')
    .map((name) => ({ field: `${where}.${name}`, message: 'Must be an IPv4 or IPv6 address as text.' }));
  if (given?.['invert'] !== undefined && typeof given['invert'] !== 'boolean') {
    problems.push({ field: `${where}.invert`, message: 'Must be true or false.' });
  }
  if (problems.length > 0 || given === null) throw new InvalidInputError(problems);
  const invert = given['invert'] === true;
  const condition: IpCondition =
    type === 'IP'
      ? { fixedIp: given['fixedIp'] as string, invert }
      : { startingIp: given['startingIp'] as string, endingIp: given['endingIp'] as string, invert };
  try {
    compileIpMatcher(condition);
  } catch (error) {
    if (error instanceof IpConditionError) throw invalid(`${where}.${error.field}`, error.message);
    throw error;
  }
  return condition;
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError([{ field, message }]);
}
