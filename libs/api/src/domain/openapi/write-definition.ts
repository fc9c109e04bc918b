import type { OperationRecord } from '../../contract/index.js';
import type { ApiBody, ApiScope } from '../api-body.js';
import { operationKey } from '../operation.js';

export interface DefinedApi {
  readonly name: string;
  readonly version: string;
  readonly body: Pick<ApiBody, 'description' | 'operations' | 'scopes'> & Partial<Pick<ApiBody, 'type'>>;
}

type Loose = Record<string, unknown>;
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const verbs = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options'];
/** Name of the security scheme that stands for tokens of this API manager. */
const schemeName = 'default';

/** Definition of an API that came without one. @param version of OpenAPI to write */
export function generateDefinition(api: DefinedApi, version: 'v2' | 'v3' = 'v3'): string {
  const info = {
    title: api.name,
    version: api.version,
    ...(api.body.description ? { description: api.body.description } : {}),
  };
  const start: Loose =
    version === 'v2'
      ? { swagger: '2.0', info, paths: {} }
      : { openapi: '3.0.1', info, servers: [{ url: '/' }], paths: {} };
  return alignDefinition(JSON.stringify(start), api);
}

/**
 * Makes a stored definition say what the API says: its operations, no others, with scopes, policies and callers. Everything
 * else in it stays. @param text JSON
 */
export function alignDefinition(text: string, api: DefinedApi): string {
  const document = JSON.parse(text) as Loose;
  const paths: Loose = isObject(document['paths']) ? document['paths'] : {};
  const wanted = new Set(api.body.operations.map(operationKey));
  for (const [target, item] of Object.entries(paths))
    if (target.startsWith('/') && isObject(item)) dropOperations(paths, target, item, wanted);
  const swagger = document['swagger'] !== undefined;
  for (const operation of api.body.operations) writeOperation(paths, operation, swagger);
  document['paths'] = paths;
  writeScopes(document, api.body.scopes);
  return JSON.stringify(document);
}

function dropOperations(paths: Loose, target: string, item: Loose, wanted: ReadonlySet<string>): void {
  for (const verb of verbs) if (verb in item && !wanted.has(`${verb.toUpperCase()} ${target}`)) delete item[verb];
  const left = Object.keys(item).some((name) => verbs.includes(name) || name === 'trace' || name === '$ref');
  if (!left) delete paths[target];
}

function writeOperation(paths: Loose, operation: OperationRecord, swagger: boolean): void {
  const item: Loose = isObject(paths[operation.target]) ? (paths[operation.target] as Loose) : {};
  const verb = operation.verb.toLowerCase();
  const present: Loose = isObject(item[verb]) ? (item[verb] as Loose) : newOperation(operation.target, swagger);
  present['x-auth-type'] = operation.authType;
  present['x-throttling-tier'] = operation.throttlingPolicy;
  const others = (Array.isArray(present['security']) ? (present['security'] as unknown[]) : []).filter(
    (entry) => !(isObject(entry) && schemeName in entry),
  );
  const security = [...others, ...(operation.scopes.length > 0 ? [{ [schemeName]: operation.scopes }] : [])];
  if (security.length > 0) present['security'] = security;
  else if (!(Array.isArray(present['security']) && present['security'].length === 0)) delete present['security'];
  item[verb] = present;
  paths[operation.target] = item;
}

function newOperation(target: string, swagger: boolean): Loose {
  const type = swagger ? { type: 'string' } : { schema: { type: 'string' } };
  const parameters = [...target.matchAll(/\{([^{}]+)\}/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    ...type,
  }));
  return { ...(parameters.length > 0 ? { parameters } : {}), responses: { '200': { description: 'OK' } } };
}

function writeScopes(document: Loose, scopes: readonly ApiScope[]): void {
  const swagger = document['swagger'] !== undefined;
  const holder = swagger ? document : childOf(document, 'components');
  const schemes = childOf(holder, swagger ? 'securityDefinitions' : 'securitySchemes');
  const flow = {
    authorizationUrl: swagger ? 'https://localhost/oauth2/authorize' : '/oauth2/authorize',
    scopes: Object.fromEntries(scopes.map(({ scope }) => [scope.name, scope.description ?? ''])),
    'x-scopes-bindings': Object.fromEntries(scopes.map(({ scope }) => [scope.name, scope.bindings.join(',')])),
  };
  if (scopes.length > 0)
    schemes[schemeName] = swagger
      ? { type: 'oauth2', flow: 'implicit', ...flow }
      : { type: 'oauth2', flows: { implicit: flow } };
  else if (isObject(schemes[schemeName]) && schemes[schemeName]['type'] === 'oauth2') delete schemes[schemeName];
  if (Object.keys(schemes).length === 0) delete holder[swagger ? 'securityDefinitions' : 'securitySchemes'];
  if (!swagger && Object.keys(holder).length === 0) delete document['components'];
}

function childOf(parent: Loose, name: string): Loose {
  if (!isObject(parent[name])) parent[name] = {};
  return parent[name] as Loose;
}
