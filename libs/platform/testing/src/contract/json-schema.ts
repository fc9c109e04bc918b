import { isObject, type JsonObject } from './document.js';

/** Where the named schemas of a contract stand for ajv. */
export const schemaBase = 'contract:schemas';

const schemaKeys = ['items', 'additionalProperties', 'not'];
const schemaLists = ['allOf', 'anyOf', 'oneOf'];
/** Say nothing about a value, or mean something else in JSON Schema. */
const annotations = new Set([
  'discriminator',
  'example',
  'examples',
  'xml',
  'externalDocs',
  'deprecated',
  'nullable',
  'x-nullable',
  'readOnly',
  'writeOnly',
  'id',
  '$id',
  '$schema',
]);

/** A schema of OpenAPI 3.0 or Swagger 2.0 in the words of JSON Schema draft 7; references point into `schemaBase`. */
export function toJsonSchema(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const nullable = schema['nullable'] === true || schema['x-nullable'] === true;
  const ref = schema['$ref'];
  if (typeof ref === 'string') return orNull({ $ref: pointer(ref) }, nullable);
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(schema)) {
    if (annotations.has(name)) continue;
    if (name === 'properties' && isObject(value)) out[name] = mapValues(value, toJsonSchema);
    else if (schemaKeys.includes(name)) out[name] = toJsonSchema(value);
    else if (schemaLists.includes(name) && Array.isArray(value)) out[name] = value.map(toJsonSchema);
    else if (name === 'required' && !Array.isArray(value)) continue; // draft 3 style, seen in the field
    else out[name] = value;
  }
  return orNull(withExclusiveLimits(out), nullable);
}

function orNull(schema: Record<string, unknown>, nullable: boolean): Record<string, unknown> {
  return nullable ? { anyOf: [schema, { type: 'null' }] } : schema;
}

/** `exclusiveMinimum: true` beside `minimum` is one number in draft 7. */
function withExclusiveLimits(schema: Record<string, unknown>): Record<string, unknown> {
  for (const limit of ['Minimum', 'Maximum']) {
    const exclusive = schema[`exclusive${limit}`];
    if (typeof exclusive !== 'boolean') continue;
    delete schema[`exclusive${limit}`];
    if (!exclusive) continue;
    schema[`exclusive${limit}`] = schema[limit.toLowerCase()];
    delete schema[limit.toLowerCase()];
  }
  return schema;
}

function pointer(ref: string): string {
  const name = /^#\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(ref)?.[1];
  return name === undefined ? ref : `${schemaBase}#/definitions/${name}`;
}

export function mapValues(table: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, change(value)]));
}
