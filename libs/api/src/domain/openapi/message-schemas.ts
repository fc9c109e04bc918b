import type { MessageSchemas, SharedSchemas } from '../../contract/index.js';
import { resolve } from './example.js';

type Loose = Readonly<Record<string, unknown>>;
const tableAt = (value: unknown, name: string): Loose => {
  const found = (value as Loose | undefined)?.[name];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Loose) : {};
};
const listAt = (value: unknown, name: string): readonly unknown[] => {
  const found = (value as Loose | undefined)?.[name];
  return Array.isArray(found) ? found : [];
};

/** What schemas in the operations of a definition refer to. */
export function sharedSchemasOf(definition: Loose): SharedSchemas {
  if (definition['swagger'] !== undefined) return { dialect: '2.0', schemas: tableAt(definition, 'definitions') };
  const dialect = String(definition['openapi']).startsWith('3.1') ? '3.1' : '3.0';
  return { dialect, schemas: tableAt(tableAt(definition, 'components'), 'schemas') };
}

/** Schemas of the messages of one operation. */
export function messageSchemasOf(
  definition: Loose,
  { target, verb }: { readonly target: string; readonly verb: string },
): MessageSchemas {
  const item = tableAt(tableAt(definition, 'paths'), target);
  const operation = tableAt(item, verb.toLowerCase());
  const parameters = parametersOf(definition, item, operation);
  const isSwagger = definition['swagger'] !== undefined;
  return {
    parameters: parameters.flatMap((parameter) => parameterSchema(parameter, isSwagger)),
    requestBody: isSwagger
      ? swaggerBody(definition, operation, parameters)
      : requestBody(resolve(definition, operation['requestBody'])),
    responses: Object.fromEntries(
      Object.entries(tableAt(operation, 'responses')).map(([status, response]) => {
        const resolved = resolve(definition, response);
        return [status, isSwagger ? swaggerContent(definition, operation, resolved) : contentOf(resolved)];
      }),
    ),
  };
}

/** Those of the operation replace those of its path. */
function parametersOf(definition: Loose, item: Loose, operation: Loose): Loose[] {
  const found = new Map<string, Loose>();
  for (const each of [...listAt(item, 'parameters'), ...listAt(operation, 'parameters')]) {
    const parameter = resolve(definition, each) as Loose | undefined;
    if (parameter !== undefined) found.set(`${String(parameter['in'])} ${String(parameter['name'])}`, parameter);
  }
  return [...found.values()];
}

function parameterSchema(parameter: Loose, isSwagger: boolean): MessageSchemas['parameters'] {
  const { in: place, name, required, schema } = parameter;
  if ((place !== 'path' && place !== 'query' && place !== 'header') || typeof name !== 'string') return [];
  return [{ in: place, name, isRequired: required === true, schema: (isSwagger ? parameter : schema) ?? {} }];
}

function requestBody(body: unknown): MessageSchemas['requestBody'] {
  if (body === undefined) return null;
  return { isRequired: (body as Loose)['required'] === true, content: contentOf(body) };
}

function contentOf(holder: unknown): Record<string, unknown> {
  const media = Object.entries(tableAt(holder, 'content'));
  return Object.fromEntries(media.map(([type, each]) => [type.toLowerCase(), (each as Loose)['schema'] ?? {}]));
}

function swaggerBody(definition: Loose, operation: Loose, parameters: readonly Loose[]): MessageSchemas['requestBody'] {
  const body = parameters.find((parameter) => parameter['in'] === 'body');
  if (!body) return null;
  const types = listAt(operation['consumes'] === undefined ? definition : operation, 'consumes');
  return { isRequired: body['required'] === true, content: forTypes(types, body['schema']) };
}

function swaggerContent(definition: Loose, operation: Loose, response: unknown): Record<string, unknown> {
  const schema = (response as Loose | undefined)?.['schema'];
  if (schema === undefined) return {};
  return forTypes(listAt(operation['produces'] === undefined ? definition : operation, 'produces'), schema);
}

function forTypes(types: readonly unknown[], schema: unknown): Record<string, unknown> {
  const named = types.length > 0 ? types.map((type) => String(type).toLowerCase()) : ['application/json'];
  return Object.fromEntries(named.map((type) => [type, schema ?? {}]));
}
