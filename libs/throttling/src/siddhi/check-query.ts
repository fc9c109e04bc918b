import { acceptsArgument, aggregateNamed } from './aggregates.js';
import { checkFilter, checkProcessor, type CheckedStage } from './check-stage.js';
import { checkCondition, checkExpression, type CheckedExpression, type Scope } from './expression.js';
import type { AggregatePlan, Attribute, QueryPlan } from './plan.js';
import { didYouMean, nearest, type ProblemList } from './problem.js';
import { renamedAttributes, requestStream } from './streams.js';
import type { CallNode, QueryNode, ReferenceNode, SelectItemNode } from './syntax.js';
import type { Evaluate } from './value.js';

export interface CheckedQuery {
  readonly plan: QueryPlan;
  /** Attributes of the rows that it writes. */
  readonly output: readonly Attribute[];
}

/** What a name means before the selection: attributes of the stream, with those that processors have added. */
class InputScope implements Scope {
  readonly #aggregates: AggregatePlan[] = [];
  /** Why there can be no aggregate at this place; `null` where there can. */
  aggregatesRefused: string | null = 'aggregates belong into select';

  constructor(
    readonly problems: ProblemList,
    private readonly query: QueryNode,
    readonly attributes: Attribute[],
    private readonly onProperty: (name: string) => void,
  ) {}

  get aggregates(): readonly AggregatePlan[] {
    return this.#aggregates;
  }

  reference({ stream, name }: ReferenceNode): ReturnType<Scope['reference']> {
    const { source } = this.query;
    if (stream && stream.text !== source.text) {
      this.problems.error(stream, `this query reads ${source.text}, not ${stream.text}`);
      return null;
    }
    const index = this.attributes.findIndex((one) => one.name === name.text);
    const found = this.attributes[index];
    if (found) return { index, type: found.type, isMap: found.isMap === true };
    const renamed =
      source.text === requestStream && Object.hasOwn(renamedAttributes, name.text)
        ? renamedAttributes[name.text]
        : undefined;
    if (renamed) {
      this.problems.warn(name, `${name.text} is called ${renamed} now`);
      return this.reference({
        kind: 'reference',
        stream: null,
        name: { ...name, text: renamed },
        start: name.start,
        end: name.end,
      });
    }
    const names = this.attributes.map((one) => one.name);
    const hint =
      name.text === 'expiryTimeStamp'
        ? '; throttler:timeBatch and throttler:timeLength provide it'
        : didYouMean(name.text, names);
    this.problems.error(name, `the stream ${source.text} has no attribute '${name.text}'${hint}`);
    return null;
  }

  readsProperty(name: string): void {
    this.onProperty(name);
  }

  aggregate(node: CallNode): CheckedExpression | null | undefined {
    const name = node.namespace === null ? node.name : `${node.namespace}:${node.name}`;
    const found = aggregateNamed(name);
    if (!found) return null;
    if (this.aggregatesRefused !== null) {
      this.problems.error(node, `${name}() cannot stand here: ${this.aggregatesRefused}`);
      return undefined;
    }
    const { aggregate, withReset } = found;
    const [least, most] = withReset ? [2, 2] : aggregate.takes === 'anything' ? [0, Number.POSITIVE_INFINITY] : [1, 1];
    if (node.args.length < least || node.args.length > most) {
      this.problems.error(
        node.close,
        `${name} takes ${least} argument${least === 1 ? '' : 's'}, found ${node.args.length}`,
      );
      return undefined;
    }
    this.aggregatesRefused = 'an aggregate cannot be inside another one';
    const args = node.args.map((arg) => checkExpression(arg, this));
    this.aggregatesRefused = null;
    if (args.some((arg) => arg === null)) return undefined;
    const [argument, reset] = args as CheckedExpression[];
    if (argument && !acceptsArgument(aggregate, argument.type)) {
      const cast = argument.type === 'object' ? "; wrap it in cast(…, 'long')" : '';
      this.problems.error(argument.span, `argument 1 of ${name} must be a number, found ${argument.type}${cast}`);
      return undefined;
    }
    if (withReset && reset?.type !== 'bool') {
      this.problems.error(reset?.span ?? node, `argument 2 of ${name} must be bool, found ${reset?.type ?? 'nothing'}`);
      return undefined;
    }
    const slot = this.#aggregates.length;
    const type = argument?.type ?? null;
    this.#aggregates.push({
      argument: argument?.evaluate ?? null,
      reset: withReset ? (reset?.evaluate ?? null) : null,
      make: (budget) => aggregate.make(budget, type),
    });
    const repeatable = args.every((arg) => arg?.repeatable !== false);
    const evaluate: Evaluate = (_, context) => context.aggregates[slot] ?? null;
    return { type: aggregate.typeOf(type), evaluate, hasAggregate: true, repeatable, span: node };
  }
}

/** What a name means in `having`: output names only. */
class OutputScope implements Scope {
  constructor(
    readonly problems: ProblemList,
    private readonly output: readonly Attribute[],
  ) {}

  reference({ name }: ReferenceNode): ReturnType<Scope['reference']> {
    const index = this.output.findIndex((one) => one.name === name.text);
    const found = this.output[index];
    if (found) return { index, type: found.type, isMap: found.isMap === true };
    this.problems.error(name, `'${name.text}' is no output of this query: having sees ${this.#names()}`);
    return null;
  }

  aggregate(node: CallNode): null | undefined {
    if (!aggregateNamed(node.namespace === null ? node.name : `${node.namespace}:${node.name}`)) return null;
    this.problems.error(node, `having sees output names only (${this.#names()}): name the aggregate in select`);
    return undefined;
  }

  readsProperty(): void {
    // What is selected has been noted already.
  }

  #names(): string {
    return this.output.map(({ name }) => name).join(', ');
  }
}

/** Checks a query whose stream has these attributes, and compiles it; `null` after reporting what is wrong. */
export function checkQuery(
  query: QueryNode,
  input: readonly Attribute[],
  problems: ProblemList,
  onProperty: (name: string) => void,
): CheckedQuery | null {
  const scope = new InputScope(problems, query, [...input], onProperty);
  const stages = checkStages(query, scope);
  const clocked = stages?.find(({ plan }) => plan.kind !== 'filter' && plan.kind !== 'stateChange');
  scope.aggregatesRefused = null;
  const selected = query.items?.map((item) => checkItem(item, scope)) ?? null;
  scope.aggregatesRefused = 'group by takes attributes';
  const groupBy = query.groupBy.map((node) => checkGroupBy(node, scope, query));
  if (!stages || selected?.includes(null) || groupBy.includes(null)) return null;
  const items = selected as { name: string; checked: CheckedExpression; isMap: boolean }[] | null;
  const output: readonly Attribute[] = items
    ? items.map(({ name, checked, isMap }) =>
        isMap ? { name, type: checked.type, isMap } : { name, type: checked.type },
      )
    : scope.attributes;
  if (!outputNamesDiffer(query, output, problems)) return null;
  const aggregated = items?.find(({ checked }) => checked.hasAggregate);
  if (aggregated && !clocked) {
    problems.error(aggregated.checked.span, 'an aggregate without a window never falls; add #throttler:timeBatch(…)');
    return null;
  }
  const having = query.having && checkCondition(query.having, new OutputScope(problems, output), 'having');
  if (query.having && !having) return null;
  const lastRowOnly = aggregated !== undefined && clocked !== undefined && /batch/i.test(clocked.plan.kind);
  const plan: QueryPlan = {
    source: query.source.text,
    target: query.target.text,
    stages: stages.map((stage) => stage.plan),
    items: items && items.map(({ checked }) => checked.evaluate),
    aggregates: scope.aggregates,
    groupBy: groupBy as number[],
    having: having?.evaluate ?? null,
    emits: query.emits,
    lastRowOnly,
    countersSuffice: lastRowOnly && countersSuffice(query, stages, clocked),
  };
  return { plan, output };
}

/**
 * Whether the end of a batch follows from one counter per group: nothing behind the window may judge single events in
 * another way when they leave, and `having` may not pick among the rows of leaving events.
 */
function countersSuffice(
  query: QueryNode,
  stages: readonly CheckedStage[],
  clocked: CheckedStage | undefined,
): boolean {
  const kind = clocked?.plan.kind;
  if (!clocked || (kind !== 'runningBatch' && kind !== 'timeBatch')) return false;
  const behind = stages.slice(stages.indexOf(clocked) + 1);
  if (behind.some(({ plan, repeatable }) => plan.kind !== 'filter' || !repeatable)) return false;
  return query.having === null || (kind === 'runningBatch' && query.emits === 'current');
}

function checkStages(query: QueryNode, scope: InputScope): CheckedStage[] | null {
  const stages: CheckedStage[] = [];
  let sound = true;
  for (const handler of query.handlers) {
    const stage =
      handler.kind === 'filter'
        ? checkFilter(handler, scope)
        : checkProcessor(handler, scope.attributes, query, scope.problems);
    if (!stage) {
      sound = false;
      // What it would have added is not missed twice.
      if (handler.kind !== 'filter') addMissing(scope.attributes);
      continue;
    }
    const clocks = stages.filter(({ plan }) => plan.kind !== 'filter' && plan.kind !== 'stateChange');
    if (stage.plan.kind !== 'filter' && stage.plan.kind !== 'stateChange' && clocks.length > 0) {
      scope.problems.error(handler, 'a query has one window: put the second into a query of its own');
      sound = false;
    }
    stages.push(stage);
    scope.attributes.push(...stage.adds);
  }
  return sound ? stages : null;
}

function addMissing(attributes: Attribute[]): void {
  if (!attributes.some(({ name }) => name === 'expiryTimeStamp'))
    attributes.push({ name: 'expiryTimeStamp', type: 'long' });
}

function checkItem(
  { expression, alias, end }: SelectItemNode,
  scope: InputScope,
): { name: string; checked: CheckedExpression; isMap: boolean } | null {
  if (expression.kind === 'reference') {
    const found = scope.reference(expression);
    if (!found) return null;
    const { index, type, isMap } = found;
    const evaluate: Evaluate = (row) => row[index] ?? null;
    const checked = { type, evaluate, hasAggregate: false, repeatable: true, span: expression };
    return { name: alias?.text ?? expression.name.text, checked, isMap };
  }
  const checked = checkExpression(expression, scope);
  if (!alias) {
    const example = checked?.type === 'bool' ? 'isThrottled' : checked?.type === 'string' ? 'throttleKey' : 'name';
    scope.problems.error({ start: end, end }, `an expression needs a name: add 'as ${example}'`);
    return null;
  }
  return checked && { name: alias.text, checked, isMap: false };
}

function checkGroupBy(node: ReferenceNode, scope: InputScope, query: QueryNode): number | null {
  const isInput = scope.attributes.some(({ name }) => name === node.name.text);
  const isOutput = query.items?.some(({ alias }) => alias?.text === node.name.text) === true;
  if (!isInput && isOutput) {
    scope.problems.error(
      node,
      `'${node.name.text}' is an output name; group by needs an attribute of the stream: compute it in an earlier query`,
    );
    return null;
  }
  return scope.reference(node)?.index ?? null;
}

function outputNamesDiffer(query: QueryNode, output: readonly Attribute[], problems: ProblemList): boolean {
  const names = new Set<string>();
  for (const [i, { name }] of output.entries()) {
    if (names.has(name)) {
      problems.error(
        query.items?.[i]?.alias ?? query.items?.[i] ?? query.selectSpan,
        `two outputs are called '${name}'`,
      );
      return false;
    }
    names.add(name);
  }
  return true;
}

/** Where a misspelt target probably meant another stream. */
export function probablyMeans(name: string, wanted: string): boolean {
  return name !== wanted && nearest(name, [wanted]) !== null;
}
