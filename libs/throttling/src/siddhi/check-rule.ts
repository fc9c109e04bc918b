import { checkQuery, probablyMeans, type CheckedQuery } from './check-query.js';
import { parseRule } from './parse-rule.js';
import type { Attribute, QueryPlan } from './plan.js';
import { didYouMean, ProblemList, RuleError, type RuleProblem } from './problem.js';
import { RunningRule, type ResultShape, type RuleRunOptions } from './run-rule.js';
import { decisionStream, requestShape, requestStream, resultShape, resultStream } from './streams.js';
import { valueTypes, type DefinitionNode, type QueryNode, type StatementNode, type ValueType } from './syntax.js';

/** A rule that can run: everything is compiled. */
export interface CompiledRule {
  readonly warnings: readonly RuleProblem[];
  /** Names of the request's properties that it reads; gateways send these. */
  readonly properties: readonly string[];
  /** It holds back repeated releases itself; otherwise the host does. */
  readonly filtersStateChanges: boolean;
  /** Starts it with empty counters. */
  run(options: RuleRunOptions): RunningRule;
}

/**
 * Reads, checks and compiles a rule.
 * @throws RuleError with everything that is wrong, by line and column
 */
export function compileRule(text: string): CompiledRule {
  const problems = new ProblemList(text);
  const statements = parseRule(text, problems);
  const broken = problems.errors.length > 0;
  const compiled = new RuleCheck(statements, problems, broken).check();
  if (problems.errors.length > 0 || !compiled) {
    const none = {
      line: 1,
      column: 1,
      message: 'the rule has no query: write from RequestStream … insert into ResultStream',
    };
    throw new RuleError(problems.errors.length > 0 ? sorted(problems.errors) : [none]);
  }
  const { plans, result, properties } = compiled;
  return {
    warnings: sorted(problems.warnings),
    properties: [...properties].sort(),
    filtersStateChanges: result.stream === decisionStream,
    run: (options) => new RunningRule(plans, result, options),
  };
}

function sorted(problems: readonly RuleProblem[]): RuleProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

interface Stream {
  readonly attributes: readonly Attribute[];
  /** The query that gave it its shape, unless it is defined. */
  readonly from: QueryNode | null;
}

const maxRowsPerRequest = 100;

/** Checks the statements of one rule in the order in which their streams depend on each other. */
class RuleCheck {
  readonly #queries: readonly QueryNode[];
  readonly #streams = new Map<string, Stream>([[requestStream, { attributes: requestShape, from: null }]]);
  readonly #checked = new Map<QueryNode, CheckedQuery | null>();
  readonly #properties = new Set<string>();

  constructor(
    private readonly statements: readonly StatementNode[],
    private readonly problems: ProblemList,
    /** Some statements could not be read: what they would have written is not missed. */
    private readonly broken: boolean,
  ) {
    this.#queries = statements.flatMap(({ body }) => (body.kind === 'query' ? [body] : []));
  }

  check(): { plans: QueryPlan[]; result: ResultShape; properties: Set<string> } | null {
    for (const { annotations, body } of this.statements) {
      for (const annotation of annotations) {
        if (!/^(store|source|sink|primarykey|index|async|purge)$/i.test(annotation.name)) continue;
        this.problems.error(annotation, `@${annotation.name} is not supported in throttling rules`);
      }
      if (body.kind === 'definition') this.#define(body);
    }
    if (this.#hasCycle() || this.#fansOut()) return null;
    for (const query of this.#queries) this.#checkQuery(query);
    if (this.#queries.length === 0) return null;
    const result = this.#resultShape();
    this.#warn();
    const plans = this.#queries.map((query) => this.#checked.get(query)?.plan);
    if (!result || plans.some((plan) => !plan)) return null;
    return { plans: plans as QueryPlan[], result, properties: this.#properties };
  }

  #define({ name, attributes }: DefinitionNode): void {
    const shape: Attribute[] = [];
    for (const attribute of attributes) {
      const type = valueTypes.find((each) => each === attribute.type.text.toLowerCase());
      if (!type)
        this.problems.error(attribute.type, `unknown type '${attribute.type.text}'; one of ${valueTypes.join(', ')}`);
      if (shape.some((one) => one.name === attribute.name.text))
        this.problems.error(attribute.name, `'${attribute.name.text}' is there twice`);
      shape.push({ name: attribute.name.text, type: type ?? ('object' satisfies ValueType) });
    }
    if (name.text === requestStream) {
      this.problems.warn(name, 'RequestStream is defined by the product: this definition is ignored');
    } else if (this.#streams.has(name.text)) this.problems.error(name, `${name.text} is defined twice`);
    else this.#streams.set(name.text, { attributes: shape, from: null });
  }

  #hasCycle(): boolean {
    let found = false;
    for (const query of this.#queries) {
      const reached = new Set<string>();
      const waiting = [query.target.text];
      for (let stream = waiting.pop(); stream !== undefined; stream = waiting.pop()) {
        if (reached.has(stream)) continue;
        reached.add(stream);
        waiting.push(...this.#queries.filter(({ source }) => source.text === stream).map(({ target }) => target.text));
      }
      if (!reached.has(query.source.text)) continue;
      this.problems.error(query.source, `${query.source.text} is made from itself: queries cannot run in a circle`);
      found = true;
    }
    return found;
  }

  /** Queries that write and read each other's streams can multiply one request beyond all bounds. */
  #fansOut(): boolean {
    const known = new Map<string, number>([[requestStream, 1]]);
    const rowsOf = (stream: string): number => {
      const before = known.get(stream);
      if (before !== undefined) return before;
      let rows = 0;
      for (const { source, target } of this.#queries) if (target.text === stream) rows += rowsOf(source.text);
      known.set(stream, rows);
      return rows;
    };
    for (const { source } of this.#queries) {
      if (rowsOf(source.text) <= maxRowsPerRequest) continue;
      this.problems.error(source, `one request gives more than ${maxRowsPerRequest} rows here`);
      return true;
    }
    return false;
  }

  #checkQuery(query: QueryNode): CheckedQuery | null {
    const known = this.#checked.get(query);
    if (known !== undefined) return known;
    const source = this.#streamOf(query);
    const checked = source && checkQuery(query, source, this.problems, (name) => this.#properties.add(name));
    this.#checked.set(query, checked);
    if (checked) this.#write(query, checked);
    return checked;
  }

  /** Attributes of the stream that a query reads; the first query that writes it shapes it. */
  #streamOf({ source }: QueryNode): readonly Attribute[] | null {
    const known = this.#streams.get(source.text);
    if (known) return known.attributes;
    const writers = this.#queries.filter(({ target }) => target.text === source.text);
    for (const writer of writers) this.#checkQuery(writer);
    const written = this.#streams.get(source.text);
    if (written) return written.attributes;
    if (writers.length === 0 && !this.broken) {
      const names = [...this.#streams.keys(), ...this.#queries.map(({ target }) => target.text)];
      this.problems.error(source, `the stream ${source.text} is not defined${didYouMean(source.text, names)}`);
    }
    return null;
  }

  #write(query: QueryNode, { output }: CheckedQuery): void {
    const { target } = query;
    if (target.text === requestStream) {
      this.problems.error(target, 'RequestStream is written by gateways only');
      return;
    }
    if (target.text === resultStream || target.text === decisionStream) this.#checkResult(query, output);
    const known = this.#streams.get(target.text);
    if (!known) {
      this.#streams.set(target.text, { attributes: output, from: query });
      return;
    }
    if (shapeText(known.attributes) === shapeText(output)) return;
    if (target.text === resultStream) return; // judged by name, in any order
    const where = known.from ? 'written' : 'defined';
    this.problems.error(
      target,
      `${target.text} is ${where} as (${shapeText(known.attributes)}), here as (${shapeText(output)})`,
    );
  }

  #checkResult(query: QueryNode, output: readonly Attribute[]): void {
    for (const { name, type } of resultShape) {
      const found = output.findIndex((one) => one.name === name);
      const has = output[found]?.type;
      if (has === type || (type === 'long' && has === 'int')) continue;
      if (has === undefined) {
        const hint = name === 'expiryTimeStamp' ? '; select it from #throttler:timeBatch(…)' : '';
        this.problems.error(
          query.selectSpan,
          `${query.target.text} needs '${name} ${type}', which this select lacks${hint}`,
        );
        continue;
      }
      const hint =
        name === 'isThrottled'
          ? '; compare it with the limit'
          : name === 'throttleKey'
            ? "; use convert(…, 'string') or str:concat"
            : '';
      const item = query.items?.[found]?.expression ?? query.selectSpan;
      this.problems.error(item, `'${name}' must be ${type}, this is ${has}${hint}`);
    }
    for (const { name } of output) {
      if (resultShape.some((one) => one.name === name)) continue;
      const item = query.items?.find(
        ({ alias, expression }) =>
          (alias?.text ?? (expression.kind === 'reference' ? expression.name.text : '')) === name,
      );
      this.problems.error(
        item ?? query.selectSpan,
        `${query.target.text} has throttleKey, isThrottled and expiryTimeStamp only, not '${name}'`,
      );
    }
  }

  #resultShape(): ResultShape | null {
    const filtered = this.#queries.some(
      ({ source, target }) => source.text === resultStream && target.text === decisionStream,
    );
    const stream = filtered ? decisionStream : resultStream;
    const written = this.#queries.filter(({ target }) => target.text === resultStream);
    if (written.length === 0) {
      if (this.broken) return null;
      const near = this.#queries.find(({ target }) => probablyMeans(target.text, resultStream));
      const last = this.#queries.at(-1) as QueryNode;
      const hint = near ? '; did you mean it here?' : ': insert throttleKey, isThrottled and expiryTimeStamp into it';
      this.problems.error((near ?? last).target, `the rule never writes ResultStream${hint}`);
      return null;
    }
    const shapes = this.#queries
      .filter(({ target }) => target.text === stream)
      .map((query) => this.#checked.get(query)?.output)
      .filter((output) => output !== undefined);
    const [first] = shapes;
    if (!first) return null;
    const place = (name: string): number => first.findIndex((one) => one.name === name);
    if (shapes.some((shape) => shapeText(shape) !== shapeText(first))) {
      const other = this.#queries.find(
        (query) => query.target.text === stream && this.#checked.get(query)?.output !== first,
      );
      this.problems.error(
        (other ?? (this.#queries[0] as QueryNode)).target,
        `${stream} is written in two orders: select (${shapeText(first)}) in each query`,
      );
      return null;
    }
    return {
      stream,
      throttleKey: place('throttleKey'),
      isThrottled: place('isThrottled'),
      expiryTimeStamp: place('expiryTimeStamp'),
    };
  }

  #warn(): void {
    for (const query of this.#queries) {
      const { plan } = this.#checked.get(query) ?? {};
      const { target, items, having, groupBy, emits } = query;
      const isRead = this.#queries.some(({ source }) => source.text === target.text);
      if (!isRead && target.text !== resultStream && target.text !== decisionStream) {
        this.problems.warn(target, `nothing reads ${target.text}`);
      }
      if (!plan || target.text !== resultStream || !plan.lastRowOnly) continue;
      const key = items?.find(
        ({ alias, expression }) =>
          (alias?.text ?? (expression.kind === 'reference' ? expression.name.text : '')) === 'throttleKey',
      );
      if (groupBy.length === 0 && key && key.expression.kind !== 'constant') {
        this.problems.warn(
          query.selectSpan,
          'without group by all keys share one counter and only the last is released',
        );
      }
      if (having) this.problems.warn(having, 'having can hold back the row that releases a key');
      if (emits === 'current')
        this.problems.warn(target, "keys are released by time only: write 'insert all events into'");
    }
  }
}

function shapeText(attributes: readonly Attribute[]): string {
  return attributes.map(({ name, type }) => `${name} ${type}`).join(', ');
}
