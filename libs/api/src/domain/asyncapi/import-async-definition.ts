import { unlimitedPolicy } from '@tollgate/throttling/contract';
import { authTypes, type ApiType, type OperationRecord } from '../../contract/index.js';
import type { ApiScope } from '../api-body.js';
import { isOperationTarget } from '../operation.js';
import { InvalidDefinitionError } from '../openapi/definition-problem.js';
import { contextOfTitle, scopeOf, type DefinitionContent } from '../openapi/import-definition.js';
import type { AsyncApiDefinition } from './read-async-definition.js';

/** What an AsyncAPI definition says about an API. */
export interface AsyncContent extends DefinitionContent {
  /** By the protocol of the first server that gateways can speak; `null`: none says one. */
  readonly type: Exclude<ApiType, 'HTTP'> | null;
}

type Loose = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectAt = (value: Loose, name: string): Loose => (isObject(value[name]) ? value[name] : {});
const textAt = (value: Loose, name: string): string => (typeof value[name] === 'string' ? value[name] : '');

/** In both, the words are those of the client: it subscribes to what the server sends. */
export const topicWords = { subscribe: 'SUBSCRIBE', publish: 'PUBLISH' } as const;

/** @throws InvalidDefinitionError when a channel cannot be served */
export function asyncContentOf(definition: AsyncApiDefinition): AsyncContent {
  const { document } = definition;
  const info = objectAt(document, 'info');
  const servers = Object.values(objectAt(document, 'servers')).filter(isObject);
  const scopes = scopesOf(document);
  const title = textAt(info, 'title').trim();
  return {
    name: title,
    version: textAt(info, 'version').trim(),
    description: textAt(info, 'description'),
    context: contextOfTitle(title),
    endpoints: servers.flatMap(addressOf),
    operations: operationsOf(definition, new Set(scopes.map((entry) => entry.scope.name))),
    scopes,
    type: servers.map(({ protocol }) => typeOf(protocol)).find((type) => type !== null) ?? null,
  };
}

function typeOf(protocol: unknown): AsyncContent['type'] {
  const name = typeof protocol === 'string' ? protocol.toLowerCase() : '';
  if (name === 'ws' || name === 'wss') return 'WS';
  return name === 'sse' || name === 'http' || name === 'https' ? 'SSE' : null;
}

function addressOf(server: Loose): string[] {
  const protocol = textAt(server, 'protocol').toLowerCase();
  const url = textAt(server, 'url');
  const whole = /^[a-z]+:\/\//i.test(url) ? url : `${protocol === 'sse' ? 'https' : protocol}://${url}`;
  return /^(wss?|https?):\/\//i.test(whole) && URL.canParse(whole) ? [whole] : [];
}

/** Topics are paths here: a channel gets its slash. */
export function topicOf(channel: string): string {
  return channel.startsWith('/') ? channel : `/${channel}`;
}

function operationsOf(definition: AsyncApiDefinition, scopeNames: ReadonlySet<string>): OperationRecord[] {
  return Object.entries(objectAt(definition.document, 'channels')).flatMap(([channel, item]) => {
    if (!isObject(item)) return [];
    const target = topicOf(channel);
    if (!isOperationTarget(target)) throw unservable(definition, channel);
    return (Object.keys(topicWords) as (keyof typeof topicWords)[]).flatMap((word) => {
      const operation = item[word];
      return isObject(operation) ? [operationOf(target, topicWords[word], operation, scopeNames)] : [];
    });
  });
}

function operationOf(
  target: string,
  verb: OperationRecord['verb'],
  operation: Loose,
  scopeNames: ReadonlySet<string>,
): OperationRecord {
  const authType = authTypes.find((known) => known === operation['x-auth-type']) ?? 'Any';
  const named = Array.isArray(operation['x-scopes']) ? (operation['x-scopes'] as unknown[]) : [];
  const scopes = [...new Set(named.filter((name): name is string => typeof name === 'string' && scopeNames.has(name)))];
  return {
    target,
    verb,
    authType,
    throttlingPolicy: textAt(operation, 'x-throttling-tier') || unlimitedPolicy,
    scopes,
  };
}

function unservable(definition: AsyncApiDefinition, channel: string): InvalidDefinitionError {
  const pointer = `/channels/${channel.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const reason = `The channel "${channel.slice(0, 200)}" cannot be served`;
  return new InvalidDefinitionError([{ ...definition.locate(pointer), pointer, reason }], 'AsyncAPI');
}

function scopesOf(document: Loose): ApiScope[] {
  const schemes = objectAt(objectAt(document, 'components'), 'securitySchemes');
  const found = new Map<string, ApiScope>();
  for (const scheme of Object.values(schemes).filter(isObject)) {
    if (scheme['type'] !== 'oauth2') continue;
    for (const flow of Object.values(objectAt(scheme, 'flows')).filter(isObject))
      for (const [name, description] of Object.entries(objectAt(flow, 'scopes')))
        found.set(name, scopeOf(name, description, flow));
  }
  return [...found.values()];
}
