import type { Span } from './problem.js';

/** Static types of the language. `object` is what a property holds before it is cast. */
export type ValueType = 'string' | 'int' | 'long' | 'float' | 'double' | 'bool' | 'object';
export const valueTypes: readonly ValueType[] = ['string', 'int', 'long', 'float', 'double', 'bool', 'object'];

export interface NameNode extends Span {
  readonly text: string;
}

export interface ConstantNode extends Span {
  readonly kind: 'constant';
  readonly type: ValueType;
  readonly value: string | number | boolean;
}
export interface ReferenceNode extends Span {
  readonly kind: 'reference';
  readonly stream: NameNode | null;
  readonly name: NameNode;
}
export interface CallNode extends Span {
  readonly kind: 'call';
  readonly namespace: string | null;
  readonly name: string;
  readonly args: readonly ExpressionNode[];
  /** The closing parenthesis. */
  readonly close: Span;
}
export interface BinaryNode extends Span {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
}
export interface NotNode extends Span {
  readonly kind: 'not';
  readonly operand: ExpressionNode;
}
export interface IsNullNode extends Span {
  readonly kind: 'isNull';
  readonly operand: ExpressionNode;
}
export type ExpressionNode = ConstantNode | ReferenceNode | CallNode | BinaryNode | NotNode | IsNullNode;
export type BinaryOperator = '*' | '/' | '%' | '+' | '-' | '<' | '<=' | '>' | '>=' | '==' | '!=' | 'and' | 'or';

export interface FilterNode extends Span {
  readonly kind: 'filter';
  readonly condition: ExpressionNode;
}
/** `#ns:name(…)` or `#window.name(…)`. */
export interface ProcessorNode extends Span {
  readonly kind: 'processor' | 'window';
  readonly namespace: string | null;
  readonly name: string;
  readonly args: readonly ExpressionNode[];
  readonly close: Span;
}
export type HandlerNode = FilterNode | ProcessorNode;

export interface SelectItemNode extends Span {
  readonly expression: ExpressionNode;
  readonly alias: NameNode | null;
}
export type EventKinds = 'current' | 'expired' | 'all';

export interface QueryNode extends Span {
  readonly kind: 'query';
  readonly source: NameNode;
  readonly handlers: readonly HandlerNode[];
  /** The word `select`; the word `insert` when it is left out. */
  readonly selectSpan: Span;
  /** `null`: everything. */
  readonly items: readonly SelectItemNode[] | null;
  readonly groupBy: readonly ReferenceNode[];
  readonly having: ExpressionNode | null;
  readonly emits: EventKinds;
  readonly target: NameNode;
}
export interface DefinitionNode extends Span {
  readonly kind: 'definition';
  readonly name: NameNode;
  readonly attributes: readonly { readonly name: NameNode; readonly type: NameNode }[];
}
export interface AnnotationNode extends Span {
  readonly name: string;
}
/** One statement with the annotations before it. */
export interface StatementNode {
  readonly annotations: readonly AnnotationNode[];
  readonly body: QueryNode | DefinitionNode;
}
