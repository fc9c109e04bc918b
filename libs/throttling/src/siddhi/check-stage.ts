import { checkCondition, type Scope } from './expression.js';
import type { Attribute, StagePlan } from './plan.js';
import { didYouMean, type ProblemList } from './problem.js';
import type { ExpressionNode, FilterNode, ProcessorNode, QueryNode } from './syntax.js';

/** What a stage adds to the rows that pass it, beside what it does. */
export interface CheckedStage {
  readonly plan: StagePlan;
  readonly adds: readonly Attribute[];
  /** Whether the same event passes it in the same way every time. */
  readonly repeatable: boolean;
}

const stamp: Attribute = { name: 'expiryTimeStamp', type: 'long' };
const windows = ['time', 'length', 'timeBatch', 'lengthBatch'];
const processors = ['throttler:timeBatch', 'throttler:timeLength', 'throttler:emitOnStateChange'];
/** Longest window by number of events: those have to be kept. */
const maxWindowEvents = 100_000;

export function checkFilter(node: FilterNode, scope: Scope): CheckedStage | null {
  const condition = checkCondition(node.condition, scope, 'a filter');
  if (!condition) return null;
  return { plan: { kind: 'filter', condition: condition.evaluate }, adds: [], repeatable: condition.repeatable };
}

/** Checks a window or a stream processor; `null` after reporting what is wrong. */
export function checkProcessor(
  node: ProcessorNode,
  attributes: readonly Attribute[],
  query: QueryNode,
  problems: ProblemList,
): CheckedStage | null {
  const name = node.namespace === null ? node.name : `${node.namespace}:${node.name}`;
  const lower = name.toLowerCase();
  if (node.kind === 'window') {
    if (lower.startsWith('throttler:'))
      return misplaced(node, `${name} is a stream processor: write #${name}(…)`, problems);
    const kind = windows.find((each) => each.toLowerCase() === lower);
    if (!kind)
      return misplaced(
        node,
        `the window ${name} is not supported in throttling rules; use one of ${windows.join(', ')} or #throttler:timeBatch`,
        problems,
      );
    return checkWindow(node, kind, problems);
  }
  const known = processors.find((each) => each.toLowerCase() === lower);
  if (known === 'throttler:timeBatch') return checkRunningBatch(node, problems);
  if (known === 'throttler:timeLength') return checkTimeLength(node, attributes, query, problems);
  if (known) return checkStateChange(node, attributes, problems);
  if (/^time(batch|length)$/i.test(name))
    return misplaced(
      node,
      `write #throttler:${name}(…)${/batch/i.test(name) ? ' or #window.timeBatch(…)' : ''}`,
      problems,
    );
  return misplaced(
    node,
    `the processor #${name} is not supported in throttling rules${didYouMean(name, processors)}`,
    problems,
  );
}

function misplaced(node: ProcessorNode, message: string, problems: ProblemList): null {
  problems.error(node, message);
  return null;
}

function checkWindow(node: ProcessorNode, kind: string, problems: ProblemList): CheckedStage | null {
  if (kind === 'length' || kind === 'lengthBatch') {
    if (!counted(node, 1, 1, problems)) return null;
    const most = constantNumber(node.args[0] as ExpressionNode, 'the number of events', 1, problems, 'int');
    if (most === null) return null;
    if (most > maxWindowEvents) {
      problems.error(node.args[0] as ExpressionNode, `a window holds at most ${maxWindowEvents} events`);
      return null;
    }
    return { plan: { kind, most }, adds: [], repeatable: true };
  }
  if (kind === 'time') {
    if (!counted(node, 1, 1, problems)) return null;
    const lengthMs = lengthOf(node, problems);
    return lengthMs === null ? null : { plan: { kind, lengthMs }, adds: [], repeatable: true };
  }
  const times = counted(node, 1, 2, problems) ? timesOf(node, problems) : null;
  if (!times) return null;
  problems.warn(
    node,
    'this window speaks at its end only, so decisions come one window late; #throttler:timeBatch decides at once',
  );
  return { plan: { kind: 'timeBatch', ...times }, adds: [], repeatable: true };
}

function checkRunningBatch(node: ProcessorNode, problems: ProblemList): CheckedStage | null {
  const times = counted(node, 1, 2, problems) ? timesOf(node, problems) : null;
  return times && { plan: { kind: 'runningBatch', ...times }, adds: [stamp], repeatable: true };
}

function checkTimeLength(
  node: ProcessorNode,
  attributes: readonly Attribute[],
  query: QueryNode,
  problems: ProblemList,
): CheckedStage | null {
  const times = counted(node, 3, 3, problems) ? timesOf(node, problems) : null;
  const most = times && constantNumber(node.args[2] as ExpressionNode, 'the limit', 0, problems);
  if (!times || most === null) return null;
  const first = query.items?.[0]?.expression;
  const key = first?.kind === 'reference' ? attributes.findIndex(({ name }) => name === first.name.text) : -1;
  if (key < 0) {
    problems.error(
      first ?? query.selectSpan,
      'throttler:timeLength counts per first selected item: select an attribute of the stream there',
    );
    return null;
  }
  return {
    plan: { kind: 'timeLength', ...times, most, key },
    adds: [stamp, { name: 'isThrottled', type: 'bool' }],
    repeatable: true,
  };
}

function checkStateChange(
  node: ProcessorNode,
  attributes: readonly Attribute[],
  problems: ProblemList,
): CheckedStage | null {
  if (!counted(node, 2, 2, problems)) return null;
  const [key, flag] = (['string', 'bool'] as const).map((type, i) => {
    const arg = node.args[i] as ExpressionNode;
    const index = arg.kind === 'reference' ? attributes.findIndex(({ name }) => name === arg.name.text) : -1;
    if (index >= 0 && attributes[index]?.type === type) return index;
    problems.error(arg, `argument ${i + 1} of throttler:emitOnStateChange must be an attribute of the type ${type}`);
    return -1;
  }) as [number, number];
  if (key < 0 || flag < 0) return null;
  return { plan: { kind: 'stateChange', key, flag }, adds: [], repeatable: false };
}

function counted(node: ProcessorNode, least: number, most: number, problems: ProblemList): boolean {
  const found = node.args.length;
  if (found >= least && found <= most) return true;
  const wanted = least === most ? String(least) : `${least} or ${most}`;
  problems.error(node.close, `${node.name} takes ${wanted} argument${most === 1 ? '' : 's'}, found ${found}`);
  return false;
}

function timesOf(node: ProcessorNode, problems: ProblemList): { lengthMs: number; startMs: number | null } | null {
  const lengthMs = lengthOf(node, problems);
  const second = node.args[1];
  const startMs = second ? constantNumber(second, 'the start of the window', -1, problems) : -1;
  return lengthMs === null || startMs === null ? null : { lengthMs, startMs: startMs === -1 ? null : startMs };
}

function lengthOf(node: ProcessorNode, problems: ProblemList): number | null {
  return constantNumber(node.args[0] as ExpressionNode, 'the window length', 1, problems);
}

function constantNumber(
  node: ExpressionNode,
  what: string,
  least: number,
  problems: ProblemList,
  only?: 'int',
): number | null {
  const isWhole = node.kind === 'constant' && (node.type === 'int' || (node.type === 'long' && !only));
  if (!isWhole || typeof node.value !== 'number') {
    problems.error(
      node,
      `${what} must be a constant whole number${only ? '' : ' of milliseconds or a time such as 1 min'}`,
    );
    return null;
  }
  if (node.value >= least) return node.value;
  problems.error(node, `${what} must be at least ${least}${least === 1 && !only ? ' ms' : ''}`);
  return null;
}
