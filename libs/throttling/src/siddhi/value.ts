import type { ValueType } from './syntax.js';

/** What a request's properties hold. */
export type PropertyMap = ReadonlyMap<string, string | number | boolean>;

/** A value at run time. Whole numbers of 64 bits are exact up to 2^53. */
export type Value = string | number | boolean | PropertyMap | null;

/** One row of a stream: its attributes in order. */
export type Row = readonly Value[];

/** What closures see besides the row. One per rule, changed in place. */
export interface EvaluationContext {
  /** The engine's clock, milliseconds since the epoch. */
  nowMs: number;
  /** Time of the event at hand. */
  eventMs: number;
  /** Present values of the aggregates of the query at hand. */
  aggregates: readonly Value[];
  /** A function could not give a value; counted per rule. */
  failures: number;
}

export type Evaluate = (row: Row, context: EvaluationContext) => Value;

const numericOrder: readonly ValueType[] = ['int', 'long', 'float', 'double'];

export function isNumeric(type: ValueType): boolean {
  return numericOrder.includes(type);
}

/** The wider of two numeric types. */
export function widerOf(a: ValueType, b: ValueType): ValueType {
  return numericOrder[Math.max(numericOrder.indexOf(a), numericOrder.indexOf(b))] as ValueType;
}

/** Whether a value of type `from` may stand where `to` is wanted. */
export function fits(from: ValueType, to: ValueType): boolean {
  return from === to || (isNumeric(from) && isNumeric(to) && numericOrder.indexOf(from) < numericOrder.indexOf(to));
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** Arithmetic of one result type. Division and modulo by zero, and anything with null, give null. */
export function arithmetic(operator: ArithmeticOperator, type: ValueType): (a: Value, b: Value) => Value {
  const exact = rawOperation(operator, type === 'int' || type === 'long');
  return (a, b) => {
    if (typeof a !== 'number' || typeof b !== 'number') return null;
    const result = exact(a, b);
    if (result === null) return null;
    if (type === 'int') return operator === '*' ? Math.imul(a, b) : result | 0;
    return type === 'float' ? Math.fround(result) : result + 0; // + 0 makes -0 plain
  };
}

function rawOperation(operator: ArithmeticOperator, whole: boolean): (a: number, b: number) => number | null {
  switch (operator) {
    case '+':
      return (a, b) => a + b;
    case '-':
      return (a, b) => a - b;
    case '*':
      return (a, b) => a * b;
    case '/':
      return whole ? (a, b) => (b === 0 ? null : Math.trunc(a / b)) : (a, b) => (b === 0 ? null : a / b);
    case '%':
      return (a, b) => (b === 0 ? null : a % b);
  }
}

/** Run-time class of a value, with the names of the language's types; whole numbers beyond 32 bits are long. */
export function classOf(value: Value): ValueType | null {
  if (value === null) return null;
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'number') return 'object';
  if (!Number.isInteger(value)) return 'double';
  return value >= -2_147_483_648 && value <= 2_147_483_647 ? 'int' : 'long';
}

/** The text of a value of a static type: floats and doubles always show a fraction. */
export function textOf(value: Value, type: ValueType): string | null {
  if (value === null || typeof value === 'object') return null;
  if (typeof value === 'number' && (type === 'float' || type === 'double') && Number.isInteger(value)) {
    return `${value}.0`;
  }
  return String(value);
}

/** Equal for every use as a key: type and value, null included. */
export function keyText(value: Value): string {
  if (value === null) return 'n';
  if (typeof value === 'object') return 'm';
  return `${typeof value}:${value}`;
}
