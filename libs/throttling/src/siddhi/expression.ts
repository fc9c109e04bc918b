import { functionNamed, functionNames } from './functions/index.js';
import { didYouMean, type ProblemList, type Span } from './problem.js';
import type { BinaryNode, CallNode, ExpressionNode, ReferenceNode, ValueType } from './syntax.js';
import { arithmetic, isNumeric, widerOf, type ArithmeticOperator, type Evaluate, type Value } from './value.js';

/** An expression after the check: its type and the closure that computes it. */
export interface CheckedExpression {
  readonly type: ValueType;
  readonly evaluate: Evaluate;
  /** Its value where it is the same for every event. */
  readonly constant?: Value;
  readonly hasAggregate: boolean;
  /** false: it reads a clock or makes random values, so the same event may give another value later. */
  readonly repeatable: boolean;
  readonly span: Span;
}

/** Where names of an expression are looked up. */
export interface Scope {
  readonly problems: ProblemList;
  /** Gives the attribute, or reports why there is none. */
  reference(node: ReferenceNode): { readonly index: number; readonly type: ValueType; readonly isMap: boolean } | null;
  /** `null`: no aggregate of that name; otherwise checks the call, and `undefined` after reporting it. */
  aggregate(node: CallNode): CheckedExpression | null | undefined;
  /** Told which property of the request the rule reads. */
  readsProperty(name: string): void;
}

/** Types an expression and compiles it to a closure; `null` after reporting what is wrong. */
export function checkExpression(node: ExpressionNode, scope: Scope): CheckedExpression | null {
  switch (node.kind) {
    case 'constant': {
      const { value, type } = node;
      return { type, evaluate: () => value, constant: value, hasAggregate: false, repeatable: true, span: node };
    }
    case 'reference':
      return checkReference(node, scope);
    case 'call':
      return checkCall(node, scope);
    case 'not': {
      const operand = checkExpression(node.operand, scope);
      if (!operand) return null;
      if (operand.type !== 'bool') {
        const hint = node.operand.kind === 'reference' || node.operand.kind === 'call' ? '; write not (a == b)' : '';
        scope.problems.error(node.operand, `'not' needs bool, found ${operand.type}${hint}`);
        return null;
      }
      const { evaluate } = operand;
      return derived([operand], 'bool', node, (row, context) => evaluate(row, context) !== true);
    }
    case 'isNull': {
      const operand = checkExpression(node.operand, scope);
      if (!operand) return null;
      const { evaluate } = operand;
      return derived([operand], 'bool', node, (row, context) => evaluate(row, context) === null);
    }
    case 'binary':
      return checkBinary(node, scope);
  }
}

/** As `checkExpression`, for a place that needs a condition. */
export function checkCondition(node: ExpressionNode, scope: Scope, where: string): CheckedExpression | null {
  const checked = checkExpression(node, scope);
  if (!checked) return null;
  if (checked.type !== 'bool') {
    scope.problems.error(node, `${where} needs a condition (bool), this is ${checked.type}`);
    return null;
  }
  if (checked.constant !== undefined) scope.problems.warn(node, 'this condition is the same for every request');
  return checked;
}

function checkReference(node: ReferenceNode, scope: Scope): CheckedExpression | null {
  const found = scope.reference(node);
  if (!found) return null;
  if (found.isMap) {
    scope.problems.error(node, `${node.name.text} is a map; read it with map:get(${node.name.text}, 'name')`);
    return null;
  }
  const { index, type } = found;
  return { type, evaluate: (row) => row[index] ?? null, hasAggregate: false, repeatable: true, span: node };
}

function checkCall(node: CallNode, scope: Scope): CheckedExpression | null {
  const aggregate = scope.aggregate(node);
  if (aggregate !== null) return aggregate ?? null;
  const name = node.namespace === null ? node.name : `${node.namespace}:${node.name}`;
  if (node.namespace === 'map' && /^(get|ismap)$/i.test(node.name)) return checkMapCall(node, scope);
  const found = functionNamed(name);
  if (!found) {
    const place = { start: node.start, end: node.start + name.length };
    scope.problems.error(place, unknownFunction(name));
    return null;
  }
  const args = node.args.map((arg) => checkExpression(arg, scope));
  if (args.some((arg) => arg === null)) return null;
  const checked = args as CheckedExpression[];
  const result = found.check({ args: checked, call: node, name, problems: scope.problems });
  if (!result) return null;
  return {
    ...derived(checked, result.type, node, result.evaluate),
    ...(result.repeatable === false ? { repeatable: false } : {}),
  };
}

function unknownFunction(name: string): string {
  if (/^str:(startswith|endswith|indexof)$/i.test(name)) {
    const anchored = /startswith/i.test(name) ? "'^…'" : /endswith/i.test(name) ? "'…$'" : "'…'";
    return `there is no function ${name}; use regex:find(${anchored}, text)`;
  }
  if (/^(map:(put|remove|create\w*|tojson\w*|\w+)|math:(rand|percentile)|m(ax|in)forever)$/i.test(name)) {
    return `${name} is not supported in throttling rules`;
  }
  return `there is no function ${name}${didYouMean(name, functionNames())}`;
}

/** Names that travel in request events. */
const propertyName = /^[\x20-\x7e]{1,128}$/;

/** The only way into the properties of a request. The name is constant, so that gateways know what to send. */
function checkMapCall(node: CallNode, scope: Scope): CheckedExpression | null {
  const isGet = /^get$/i.test(node.name);
  const wanted = isGet ? 2 : 1;
  if (node.args.length !== wanted) {
    scope.problems.error(node.close, `map:${node.name} takes ${wanted} arguments, found ${node.args.length}`);
    return null;
  }
  const [map, key] = node.args as [ExpressionNode, ExpressionNode | undefined];
  const found = map.kind === 'reference' ? scope.reference(map) : null;
  if (map.kind === 'reference' && !found) return null;
  if (!found?.isMap) {
    scope.problems.error(map, `argument 1 of map:${node.name} must be propertiesMap`);
    return null;
  }
  const { index } = found;
  if (!isGet) return derived([], 'bool', node, (row) => typeof row[index] === 'object' && row[index] !== null);
  if (key?.kind !== 'constant' || typeof key.value !== 'string') {
    scope.problems.error(
      key ?? node,
      'the name of a property must be a constant text, so that gateways know what to send',
    );
    return null;
  }
  const name = key.value;
  if (!propertyName.test(name) || name === '__proto__') {
    scope.problems.error(key, 'no property has this name: write 1 to 128 ordinary characters');
    return null;
  }
  scope.readsProperty(name);
  return derived([], 'object', node, (row) => {
    const properties = row[index];
    return typeof properties === 'object' && properties !== null ? (properties.get(name) ?? null) : null;
  });
}

function checkBinary(node: BinaryNode, scope: Scope): CheckedExpression | null {
  const left = checkExpression(node.left, scope);
  const right = checkExpression(node.right, scope);
  if (!left || !right) return null;
  const parts = [left, right];
  const { operator } = node;
  const [a, b] = [left.evaluate, right.evaluate];
  switch (operator) {
    case 'and':
    case 'or': {
      const wrong = parts.find(({ type }) => type !== 'bool');
      if (wrong) {
        scope.problems.error(wrong.span, `'${operator}' needs bool on both sides, found ${wrong.type}`);
        return null;
      }
      const evaluate: Evaluate =
        operator === 'and'
          ? (row, context) => a(row, context) === true && b(row, context) === true
          : (row, context) => a(row, context) === true || b(row, context) === true;
      return derived(parts, 'bool', node, evaluate);
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return checkArithmetic(node, operator, left, right, scope);
    default: {
      if (!areComparable(node, left, right, scope)) return null;
      const holds = comparison(operator);
      return derived(parts, 'bool', node, (row, context) => {
        const [x, y] = [a(row, context), b(row, context)];
        return x !== null && y !== null && holds(x as number, y as number);
      });
    }
  }
}

function checkArithmetic(
  node: BinaryNode,
  operator: ArithmeticOperator,
  left: CheckedExpression,
  right: CheckedExpression,
  scope: Scope,
): CheckedExpression | null {
  for (const [side, part] of [
    ['left', left],
    ['right', right],
  ] as const) {
    if (isNumeric(part.type)) continue;
    const hint = part.type === 'string' && operator === '+' ? '; use str:concat to join texts' : castHint(part, 'long');
    scope.problems.error(node.operatorSpan, `'${operator}' needs numbers, the ${side} side is ${part.type}${hint}`);
    return null;
  }
  const type = widerOf(left.type, right.type);
  const compute = arithmetic(operator, type);
  const [a, b] = [left.evaluate, right.evaluate];
  return derived([left, right], type, node, (row, context) => compute(a(row, context), b(row, context)));
}

function areComparable(node: BinaryNode, left: CheckedExpression, right: CheckedExpression, scope: Scope): boolean {
  const { operator, operatorSpan } = node;
  const object = [left, right].find(({ type }) => type === 'object');
  if (object) {
    scope.problems.error(object.span, `an object cannot be compared${castHint(object, 'long')}`);
    return false;
  }
  if (isNumeric(left.type) && isNumeric(right.type)) return true;
  const isEquality = operator === '==' || operator === '!=';
  if (left.type === right.type && isEquality) return true;
  const text =
    left.type === 'string' && isNumeric(right.type)
      ? node.left
      : right.type === 'string' && isNumeric(left.type)
        ? node.right
        : null;
  const name = text?.kind === 'reference' ? text.name.text : '…';
  const hint = text ? `; use convert(${name}, '${isNumeric(left.type) ? left.type : right.type}')` : '';
  scope.problems.error(operatorSpan, `cannot compare ${left.type} with ${right.type} by '${operator}'${hint}`);
  return false;
}

function castHint({ type }: CheckedExpression, to: string): string {
  return type === 'object' ? `: wrap it in cast(…, '${to}')` : '';
}

function comparison(operator: '<' | '<=' | '>' | '>=' | '==' | '!='): (a: number, b: number) => boolean {
  switch (operator) {
    case '<':
      return (a, b) => a < b;
    case '<=':
      return (a, b) => a <= b;
    case '>':
      return (a, b) => a > b;
    case '>=':
      return (a, b) => a >= b;
    case '==':
      return (a, b) => a === b;
    case '!=':
      return (a, b) => a !== b;
  }
}

/** A composite whose parts decide what is known about it; constant parts are computed once. */
function derived(
  parts: readonly CheckedExpression[],
  type: ValueType,
  span: Span,
  evaluate: Evaluate,
): CheckedExpression {
  return {
    type,
    evaluate,
    hasAggregate: parts.some((part) => part.hasAggregate),
    repeatable: parts.every((part) => part.repeatable),
    span,
  };
}
