import type { DeploymentRecord } from '@tollgate/api/contract';
import type { Filter } from '../pipeline/compile-pipeline.js';
import type { CompiledApi, CompiledOperation } from '../pipeline/compiled-api.js';
import { Exchange } from '../pipeline/exchange.js';
import type { OperationTable } from '../pipeline/operation-table.js';
import { statusRefusal, type Refusal, type Verdict } from '../pipeline/verdict.js';

const topicUnknown = statusRefusal(404, 'Not Found', 'No matching resource found for given API Request');
const upgradeNeeded = statusRefusal(426, 'Upgrade Required', 'This API is served over WebSocket only.', {
  headers: ['Upgrade', 'websocket', 'Connection', 'Upgrade'],
});
const onlyGet = statusRefusal(405, 'Method Not Allowed', 'Streams of events are read by GET.', {
  headers: ['Allow', 'GET'],
});
const originForbidden = statusRefusal(403, 'Forbidden', 'Pages of this origin may not connect to this API.');

/** Nothing that an open connection asks may have to wait. */
const lookFailed = statusRefusal(500, 'Internal Server Error', 'The caller could not be checked.');

/** The topic of a path: what may be received there, and what may be sent; `null` where there is neither. */
export interface Topic {
  readonly subscribe: CompiledOperation | null;
  readonly publish: CompiledOperation | null;
}

export function topicAt(operations: OperationTable<CompiledOperation>, resource: string): Topic | null {
  const subscribe = operations.find('SUBSCRIBE', resource);
  const publish = operations.find('PUBLISH', resource);
  const topic = {
    subscribe: 'operation' in subscribe ? subscribe.operation : null,
    publish: 'operation' in publish ? publish.operation : null,
  };
  return topic.subscribe === null && topic.publish === null ? null : topic;
}

/**
 * Whether the caller of `x` may be connected to the topic now, for either direction; looks and counts nothing.
 * @returns the operation that lets it, or why none does
 */
export function lookAt(topic: Topic, x: Exchange): CompiledOperation | Refusal {
  let refused: Refusal | null = null;
  for (const operation of [topic.subscribe, topic.publish]) {
    if (operation === null) continue;
    const refusal = lookOnce(operation, x);
    if (refusal === null) return operation;
    refused ??= refusal;
  }
  return refused ?? topicUnknown;
}

/** `null`: the caller may use the operation now. */
export function lookOnce(operation: CompiledOperation, x: Exchange): Refusal | null {
  const verdict = operation.stream.look(x);
  if (verdict === null) return null;
  return verdict instanceof Promise || verdict.kind === 'answer' ? lookFailed : verdict;
}

/** A WebSocket is no request that the rules of browsers protect, so its origin is looked at here. */
export function originFilter({ cors }: Pick<DeploymentRecord, 'cors'>): Filter | null {
  if (!cors.corsConfigurationEnabled || cors.accessControlAllowOrigins.includes('*')) return null;
  const allowed = new Set(cors.accessControlAllowOrigins);
  return (x) => {
    const origin = x.headers.get('origin');
    return origin === undefined || allowed.has(origin) ? null : originForbidden;
  };
}

/** Finds the topic of a WebSocket and runs the filters of the operation that lets the caller in. */
export function selectTopicFilter(operations: OperationTable<CompiledOperation>): Filter {
  return function selectTopic(x): Verdict | Promise<Verdict> {
    if (x.upgrade === null) return upgradeNeeded;
    const topic = topicAt(operations, x.resource);
    if (topic === null) return topicUnknown;
    const found = lookAt(topic, fresh(x, x.receivedAtMs));
    if ('status' in found) return found;
    x.operation = found;
    return found.run(x);
  };
}

/** An API of type SSE has its topics read by GET; what the client sends has no meaning there. */
export function selectStreamFilter(operations: OperationTable<CompiledOperation>): Filter {
  return function selectStream(x) {
    const match = operations.find('SUBSCRIBE', x.resource);
    if (!('operation' in match)) return topicUnknown;
    if (x.method !== 'GET') return onlyGet;
    x.operation = match.operation;
    return match.operation.run(x);
  };
}

/** The request of an open connection, to be looked at now. */
export function fresh(x: Exchange, nowMs: number, api: CompiledApi | null = x.api): Exchange {
  const again = new Exchange(x, nowMs, x.clientCertificate);
  again.isContinued = true;
  again.api = api;
  again.resource = x.resource;
  return again;
}
