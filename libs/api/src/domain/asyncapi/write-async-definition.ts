import type { ApiScope } from '../api-body.js';
import { operationKey } from '../operation.js';
import type { DefinedApi } from '../openapi/write-definition.js';
import { topicOf, topicWords } from './import-async-definition.js';

type Loose = Record<string, unknown>;
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const schemeName = 'oauth2';
const words = Object.keys(topicWords) as (keyof typeof topicWords)[];

/** AsyncAPI definition of an API that came without one. */
export function generateAsyncDefinition(api: DefinedApi): string {
  const { description } = api.body;
  const info = { title: api.name, version: api.version, ...(description ? { description } : {}) };
  return alignAsyncDefinition(JSON.stringify({ asyncapi: '2.6.0', info, channels: {} }), api);
}

/**
 * Makes a stored definition say what the API says: its topics, no others, with scopes, policies and callers. Everything
 * else in it stays. @param text JSON
 */
export function alignAsyncDefinition(text: string, api: DefinedApi): string {
  const document = JSON.parse(text) as Loose;
  const channels: Loose = isObject(document['channels']) ? document['channels'] : {};
  const wanted = new Map(api.body.operations.map((operation) => [operationKey(operation), operation]));
  for (const [channel, item] of Object.entries(channels)) {
    if (!isObject(item)) continue;
    for (const word of words)
      if (!wanted.has(operationKey({ verb: topicWords[word], target: topicOf(channel) }))) delete item[word];
    if (!words.some((word) => word in item)) delete channels[channel];
  }
  const names = new Map(Object.keys(channels).map((channel) => [topicOf(channel), channel]));
  for (const operation of api.body.operations) {
    const name = names.get(operation.target) ?? operation.target;
    const item: Loose = isObject(channels[name]) ? (channels[name] as Loose) : newChannel(name);
    const word = operation.verb === 'PUBLISH' ? 'publish' : 'subscribe';
    const present: Loose = isObject(item[word]) ? (item[word] as Loose) : {};
    item[word] = {
      ...present,
      'x-auth-type': operation.authType,
      'x-throttling-tier': operation.throttlingPolicy,
      'x-scopes': operation.scopes,
    };
    channels[name] = item;
    names.set(operation.target, name);
  }
  document['channels'] = channels;
  writeScopes(document, api.body.scopes);
  return JSON.stringify(document);
}

function newChannel(target: string): Loose {
  const named = [...target.matchAll(/\{([^{}]+)\}/g)].map((match) => [match[1], { schema: { type: 'string' } }]);
  return named.length > 0 ? { parameters: Object.fromEntries(named) as Loose } : {};
}

function writeScopes(document: Loose, scopes: readonly ApiScope[]): void {
  const components: Loose = isObject(document['components']) ? document['components'] : {};
  const schemes: Loose = isObject(components['securitySchemes']) ? components['securitySchemes'] : {};
  const implicit = {
    authorizationUrl: 'https://localhost/oauth2/authorize',
    scopes: Object.fromEntries(scopes.map(({ scope }) => [scope.name, scope.description ?? ''])),
    'x-scopes-bindings': Object.fromEntries(scopes.map(({ scope }) => [scope.name, scope.bindings.join(',')])),
  };
  if (scopes.length > 0) schemes[schemeName] = { type: 'oauth2', flows: { implicit } };
  else if (isObject(schemes[schemeName]) && schemes[schemeName]['type'] === 'oauth2') delete schemes[schemeName];
  if (Object.keys(schemes).length > 0) components['securitySchemes'] = schemes;
  else delete components['securitySchemes'];
  if (Object.keys(components).length > 0) document['components'] = components;
  else delete document['components'];
}
