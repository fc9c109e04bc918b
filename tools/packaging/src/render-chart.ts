import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { asText, isTruthy, templateFunctions } from './template-functions.js';
import { parseTemplate, type Expression, type Node } from './template-parser.js';

type Table = Readonly<Record<string, unknown>>;

interface Scope {
  readonly dot: unknown;
  readonly variables: ReadonlyMap<string, unknown>;
}

/**
 * Renders the chart's templates. It knows only what this chart uses of Helm, so it shows what the chart says, and not that
 * Helm takes it.
 * @param valueFiles merged over the chart's own values in order, as `-f` does
 * @param values merged last, as `--set` does
 * @returns the text of each template file by name; helpers (`_*`) left out
 * @throws Error when the chart refuses the values
 */
export function renderChart(folder: string, valueFiles: readonly string[], values: Table = {}): Map<string, string> {
  const read = (file: string): Table => parse(readFileSync(join(folder, file), 'utf8')) as Table;
  const merged = [...valueFiles.map(read), values].reduce(merge, read('values.yaml'));
  const root = {
    Values: merged,
    Chart: { AppVersion: read('Chart.yaml')['appVersion'] },
    Release: { Name: 'spec', Namespace: 'spec-namespace', Service: 'Helm' },
  };
  const defines = new Map<string, Node[]>();
  const files = readdirSync(join(folder, 'templates')).map((file) => join(folder, 'templates', file));
  const parsed = files.map((file) => [basename(file), parseTemplate(readFileSync(file, 'utf8'), defines)] as const);
  return new Map(
    parsed.filter(([name]) => !name.startsWith('_')).map(([name, nodes]) => [name, execute(nodes, root, defines)]),
  );
}

function merge(under: Table, over: Table): Table {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over))
    merged[key] = isTable(value) && isTable(merged[key]) ? merge(merged[key], value) : value;
  return merged;
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function execute(nodes: readonly Node[], dot: unknown, defines: ReadonlyMap<string, Node[]>): string {
  return block(nodes, { dot, variables: new Map([['', dot]]) });

  function block(body: readonly Node[], outer: Scope): string {
    const variables = new Map(outer.variables);
    const scope = { dot: outer.dot, variables };
    let text = '';
    for (const node of body) {
      if (node.kind === 'set') variables.set(node.variable, evaluate(node.value, scope));
      else text += write(node, scope);
    }
    return text;
  }

  function write(node: Exclude<Node, { kind: 'set' }>, scope: Scope): string {
    if (node.kind === 'text') return node.text;
    if (node.kind === 'if') return block(isTruthy(evaluate(node.condition, scope)) ? node.body : node.otherwise, scope);
    const value = evaluate(node.value, scope);
    if (node.kind === 'output') return value === undefined || value === null ? '' : asText(value);
    return entries(value)
      .map(([key, item]) => {
        const [first, second] = node.variables;
        const variables = new Map(scope.variables);
        if (first !== undefined) variables.set(first, second === undefined ? item : key);
        if (second !== undefined) variables.set(second, item);
        return block(node.body, { dot: item, variables });
      })
      .join('');
  }

  function evaluate(expression: Expression, scope: Scope): unknown {
    if (expression.kind === 'literal') return expression.value;
    if (expression.kind === 'call') {
      const args = expression.args.map((arg) => evaluate(arg, scope));
      return expression.name === 'include' ? include(args) : call(expression.name, args);
    }
    const { variable, path } = expression;
    if (variable !== null && !scope.variables.has(variable)) throw new Error(`$${variable} is not set here`);
    const start = variable === null ? scope.dot : scope.variables.get(variable);
    return path.reduce<unknown>((at, key) => {
      if (!isTable(at)) throw new Error(`.${path.join('.')} goes through something that is no table`);
      return at[key];
    }, start);
  }

  function include([name, data]: readonly unknown[]): string {
    const body = defines.get(String(name));
    if (!body) throw new Error(`there is no template "${String(name)}"`);
    return execute(body, data, defines);
  }
}

function call(name: string, args: readonly unknown[]): unknown {
  const known = templateFunctions[name];
  if (!known) throw new Error(`the function ${name} is not known here`);
  return known(...args);
}

/** Items in order: lists by number, maps by sorted key, as Go does. */
function entries(value: unknown): (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((item, i) => [i, item] as const);
  if (!isTable(value)) throw new Error('range needs a list or a map');
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
