/** JSON of a definition, as far as examples need it. */
export type Json = Readonly<Record<string, unknown>>;

/** Below this depth, and where a schema holds itself, an example stops. */
const maxDepth = 6;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What `#/components/...` stands for in the document; what is no reference, or leads out of it, stays as it is. */
export function resolved(document: Json, value: unknown): unknown {
  let found: unknown = value;
  for (let step = 0; step < 8 && isObject(found) && typeof found['$ref'] === 'string'; step++) {
    const reference: string = found['$ref'];
    if (!reference.startsWith('#/')) return found;
    found = reference
      .slice(2)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), document);
  }
  return found;
}

/** A value that fits a schema: what its author wrote as an example, else one made of its types. */
export function exampleOf(document: Json, schemaOrReference: unknown, depth = 0): unknown {
  const schema = resolved(document, schemaOrReference);
  if (!isObject(schema) || depth > maxDepth) return null;
  for (const name of ['example', 'default', 'const']) if (schema[name] !== undefined) return schema[name];
  for (const name of ['examples', 'enum']) {
    const values = schema[name];
    if (Array.isArray(values) && values.length > 0) return values[0] as unknown;
  }
  const below = (each: unknown): unknown => exampleOf(document, each, depth + 1);
  if (Array.isArray(schema['allOf']))
    return Object.assign({}, ...schema['allOf'].map(below).filter(isObject), propertiesOf(schema, below)) as unknown;
  for (const name of ['oneOf', 'anyOf']) {
    const [first] = Array.isArray(schema[name]) ? (schema[name] as unknown[]) : [];
    if (first !== undefined) return below(first);
  }
  switch (typeOf(schema)) {
    case 'object':
      return propertiesOf(schema, below);
    case 'array':
      return depth === maxDepth ? [] : [below(schema['items'])];
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 0;
    case 'boolean':
      return true;
    case 'string':
      return textOf(schema['format']);
    default:
      return null;
  }
}

function propertiesOf(schema: Json, below: (each: unknown) => unknown): Json {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, property]) => !(isObject(property) && property['readOnly'] === true))
      .map(([name, property]) => [name, below(property)]),
  );
}

/** The type that a schema names or means; of several (JSON Schema 2020-12) the first that is not null. */
function typeOf(schema: Json): unknown {
  const type = schema['type'];
  if (Array.isArray(type)) return (type as unknown[]).find((each) => each !== 'null');
  if (type !== undefined) return type;
  return schema['properties'] === undefined ? undefined : 'object';
}

function textOf(format: unknown): string {
  switch (format) {
    case 'date-time':
      return '2026-01-31T09:00:00Z';
    case 'date':
      return '2026-01-31';
    case 'uuid':
      return '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    case 'email':
      return 'somebody@example.com';
    default:
      return 'string';
  }
}
