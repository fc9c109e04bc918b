import type { SharedSchemas } from '@tollgate/api/contract';

/** Which way a message goes: what is read-only is not asked of requests, what is write-only not of answers. */
export type Direction = 'request' | 'answer';

interface Conversion {
  readonly shared: SharedSchemas;
  readonly direction: Direction;
}

type Loose = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keywords with values of their own. Others mean nothing to a check, or could lead out of the definition. */
const plain = new Set([
  'type',
  'enum',
  'const',
  'format',
  'pattern',
  'required',
  'dependentRequired',
  'multipleOf',
  'maximum',
  'minimum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxContains',
  'minContains',
  'maxProperties',
  'minProperties',
]);
const schemas = new Set([
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedProperties',
  'unevaluatedItems',
]);
const lists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const tables = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const unsupported = ['$id', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef'];

/**
 * JSON Schema (2020-12) of a schema object of OpenAPI. References lead to `$defs` of the root of its direction.
 * @throws Error naming what cannot be checked
 */
export function toJsonSchema(schema: unknown, conversion: Conversion): unknown {
  if (!isObject(schema)) return schema !== false;
  const found = unsupported.find((keyword) => keyword in schema);
  if (found !== undefined) throw new Error(`The definition uses ${found} in a schema, which is not checked here.`);
  const { dialect } = conversion.shared;
  const out: Record<string, unknown> = {};
  if (typeof schema['$ref'] === 'string') {
    out['$ref'] = referenceOf(schema['$ref'], conversion.direction);
    if (dialect !== '3.1') return out;
  }
  for (const [keyword, value] of Object.entries(schema)) {
    if (plain.has(keyword)) out[keyword] = value;
    else if (schemas.has(keyword)) out[keyword] = toJsonSchema(value, conversion);
    else if (lists.has(keyword) && Array.isArray(value))
      out[keyword] = value.map((each) => toJsonSchema(each, conversion));
    else if (tables.has(keyword) && isObject(value)) out[keyword] = tableOf(value, conversion);
  }
  if (Array.isArray(out['required'])) out['required'] = requiredOf(schema, out['required'], conversion);
  else delete out['required']; // of Swagger's parameters, where it is no list
  if (dialect !== '3.1') readOldKeywords(schema, out);
  return out;
}

/** Every shared schema, by its name. */
export function definitionsFor(conversion: Conversion): Record<string, unknown> {
  return tableOf(conversion.shared.schemas, conversion);
}

function tableOf(table: Loose, conversion: Conversion): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).map(([name, each]) => [name, toJsonSchema(each, conversion)]));
}

function referenceOf(reference: string, direction: Direction): string {
  const match = /^#\/(?:components\/schemas|definitions)\/(.+)$/.exec(reference);
  if (!match) throw new Error(`The reference "${reference.slice(0, 200)}" leads to no schema of the definition.`);
  return `${direction}#/$defs/${match[1]}`;
}

function requiredOf(schema: Loose, names: readonly unknown[], { shared, direction }: Conversion): unknown[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const hidden = direction === 'request' ? 'readOnly' : 'writeOnly';
  return names.filter((name) => {
    const property = properties[String(name)];
    const reference = isObject(property) && typeof property['$ref'] === 'string' ? property['$ref'] : '';
    const target = shared.schemas[reference.slice(reference.lastIndexOf('/') + 1)];
    return ![property, target].some((each) => isObject(each) && each[hidden] === true);
  });
}

/** Of OpenAPI before 3.1: `nullable`, exclusive limits as flags, files. */
function readOldKeywords(schema: Loose, out: Record<string, unknown>): void {
  if (out['type'] === 'file') delete out['type'];
  if (schema['nullable'] === true) {
    if (typeof out['type'] === 'string') out['type'] = [out['type'], 'null'];
    if (Array.isArray(out['enum']) && !out['enum'].includes(null)) out['enum'] = [...(out['enum'] as unknown[]), null];
  }
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof out[flag] !== 'boolean') continue;
    if (out[flag]) {
      out[flag] = out[limit];
      delete out[limit];
    } else delete out[flag];
  }
}
