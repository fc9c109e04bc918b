import { unlimitedPolicy } from '@tollgate/throttling/contract';
import { authTypes, type OperationRecord } from '../../contract/index.js';
import type { ApiScope, StoredOperation } from '../api-body.js';
import { isOperationTarget, isVerb, operationKey } from '../operation.js';
import { InvalidDefinitionError } from './definition-problem.js';
import type { OpenApiDefinition } from './validate-definition.js';

/** What a definition says about an API. */
export interface DefinitionContent {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Proposed path: of the first server or `basePath`, else made of the title. */
  readonly context: string;
  /** Absolute addresses of the servers. */
  readonly endpoints: readonly string[];
  /** In the order of the document. TRACE, which gateways refuse, is left out. */
  readonly operations: readonly OperationRecord[];
  readonly scopes: readonly ApiScope[];
}

type Loose = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectAt = (value: Loose, name: string): Loose => (isObject(value[name]) ? value[name] : {});
const textAt = (value: Loose, name: string): string => (typeof value[name] === 'string' ? value[name] : '');
const listAt = (value: Loose, name: string): readonly unknown[] => (Array.isArray(value[name]) ? value[name] : []);

/**
 * @throws InvalidDefinitionError when a path cannot be served
 */
export function contentOf(definition: OpenApiDefinition): DefinitionContent {
  const { document } = definition;
  const info = objectAt(document, 'info');
  const endpoints = definition.version === '2.0' ? swaggerAddresses(document) : serverAddresses(document);
  const scopes = scopesOf(definition);
  return {
    name: textAt(info, 'title').trim(),
    version: textAt(info, 'version').trim(),
    description: textAt(info, 'description'),
    context: proposedContext(definition, endpoints, textAt(info, 'title')),
    endpoints,
    operations: operationsOf(definition, new Set(scopes.map((entry) => entry.scope.name))),
    scopes,
  };
}

function operationsOf(definition: OpenApiDefinition, scopeNames: ReadonlySet<string>): OperationRecord[] {
  const { document } = definition;
  const rootSecurity = document['security'];
  return Object.entries(objectAt(document, 'paths')).flatMap(([target, item]) => {
    if (!target.startsWith('/') || !isObject(item)) return [];
    if (!isOperationTarget(target)) throw unservable(definition, target);
    return Object.entries(item).flatMap(([method, operation]) => {
      const verb = method.toUpperCase();
      if (!isVerb(verb) || !isObject(operation)) return [];
      return [operationOf(target, verb, operation, operation['security'] ?? rootSecurity, scopeNames)];
    });
  });
}

function unservable(definition: OpenApiDefinition, target: string): InvalidDefinitionError {
  const pointer = `/paths/${target.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return new InvalidDefinitionError([
    { ...definition.locate(pointer), pointer, reason: `The path "${target.slice(0, 200)}" cannot be served` },
  ]);
}

function operationOf(
  target: string,
  verb: OperationRecord['verb'],
  operation: Loose,
  security: unknown,
  scopeNames: ReadonlySet<string>,
): OperationRecord {
  const authType = authTypes.find((known) => known === operation['x-auth-type']) ?? 'Any';
  const policy = textAt(operation, 'x-throttling-tier').slice(0, 255);
  const required = (Array.isArray(security) ? security : [])
    .filter(isObject)
    .flatMap((entry) => Object.values(entry))
    .flatMap((list) => (Array.isArray(list) ? list : []));
  const scopes = [
    ...new Set(required.filter((scope): scope is string => typeof scope === 'string' && scopeNames.has(scope))),
  ];
  return { target, verb, authType, throttlingPolicy: policy || unlimitedPolicy, scopes };
}

function scopesOf(definition: OpenApiDefinition): ApiScope[] {
  const { document, version } = definition;
  const schemes =
    version === '2.0'
      ? objectAt(document, 'securityDefinitions')
      : objectAt(objectAt(document, 'components'), 'securitySchemes');
  const found = new Map<string, ApiScope>();
  for (const scheme of Object.values(schemes).filter(isObject)) {
    if (scheme['type'] !== 'oauth2') continue;
    const flows = version === '2.0' ? [scheme] : Object.values(objectAt(scheme, 'flows')).filter(isObject);
    for (const flow of flows)
      for (const [name, description] of Object.entries(objectAt(flow, 'scopes')))
        found.set(name, scopeOf(name, description, flow));
  }
  return [...found.values()];
}

export function scopeOf(name: string, description: unknown, flow: Loose): ApiScope {
  const roles = textAt(objectAt(flow, 'x-scopes-bindings'), name);
  const bindings = roles
    .split(',')
    .map((role) => role.trim())
    .filter(Boolean);
  return {
    scope: {
      name,
      displayName: name,
      description: typeof description === 'string' ? description.slice(0, 512) : undefined,
      bindings,
    },
    shared: false,
  };
}

function serverAddresses(document: Loose): string[] {
  return listAt(document, 'servers')
    .filter(isObject)
    .map((server) => filledIn(server))
    .filter((url) => /^https?:\/\//i.test(url) && URL.canParse(url));
}

/** A server URL with its variables set to their defaults (OpenAPI 3.0 section 4.7.5). */
function filledIn(server: Loose): string {
  return textAt(server, 'url').replaceAll(/\{([^{}]+)\}/g, (_, name: string) =>
    textAt(objectAt(objectAt(server, 'variables'), name), 'default'),
  );
}

function swaggerAddresses(document: Loose): string[] {
  const host = textAt(document, 'host');
  if (!host) return [];
  const schemes = listAt(document, 'schemes').filter((scheme) => scheme === 'http' || scheme === 'https');
  return (schemes.length > 0 ? schemes : ['https'])
    .map((scheme) => `${String(scheme)}://${host}${textAt(document, 'basePath')}`)
    .filter((url) => URL.canParse(url));
}

/** Its title as a path. */
export function contextOfTitle(title: string): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return slug ? `/${slug}` : '';
}

function proposedContext(definition: OpenApiDefinition, endpoints: readonly string[], title: string): string {
  const path =
    definition.version === '2.0'
      ? textAt(definition.document, 'basePath')
      : endpoints[0]
        ? new URL(endpoints[0]).pathname
        : '';
  const clean = path.replace(/\/+$/, '');
  if (/^(?:\/[A-Za-z0-9._~-]+)+$/.test(clean)) return clean;
  return contextOfTitle(title);
}

/**
 * Operations of a new definition for an API that has some already: what the definition does not say of an operation
 * (kind of callers, limit, message policies) stays as it was.
 */
export function followDefinition(
  present: readonly StoredOperation[],
  definition: Pick<OpenApiDefinition, 'document'>,
  content: DefinitionContent,
): StoredOperation[] {
  const before = new Map(present.map((operation) => [operationKey(operation), operation]));
  return content.operations.map((operation) => {
    const known = before.get(operationKey(operation));
    const said = objectAt(
      objectAt(objectAt(definition.document, 'paths'), operation.target),
      operation.verb.toLowerCase(),
    );
    if (!known) return operation;
    return {
      ...operation,
      authType: said['x-auth-type'] === undefined ? known.authType : operation.authType,
      throttlingPolicy: said['x-throttling-tier'] === undefined ? known.throttlingPolicy : operation.throttlingPolicy,
      ...(known.operationPolicies ? { operationPolicies: known.operationPolicies } : {}),
    };
  });
}
