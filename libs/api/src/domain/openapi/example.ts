type Loose = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** Parameters of the policy `respond`. */
export interface ExampleAnswer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

const maxReferences = 20;
const maxDepth = 12;

/**
 * The example of an answer in an OpenAPI or Swagger definition: of the media type, else of its schema, else put together of
 * the examples of its properties. JSON is preferred among several media types.
 * @param status `` for the first of 200 to 299
 */
export function exampleOf(
  definition: unknown,
  { target, verb }: { readonly target: string; readonly verb: string },
  status: string,
): ExampleAnswer | { readonly problem: string } {
  const where = `${verb} ${target}`;
  const operation = at(at(at(definition, 'paths'), target), verb.toLowerCase());
  const responses = at(operation, 'responses');
  const statuses = isObject(responses) ? Object.keys(responses).filter((each) => /^[2-5]\d\d$/.test(each)) : [];
  const chosen = status === '' ? statuses.toSorted().find((each) => each.startsWith('2')) : status;
  if (chosen === undefined || !statuses.includes(chosen))
    return { problem: `The definition has no answer ${chosen ?? 'of status 200 to 299'} for ${where}.` };
  const response = resolve(definition, at(responses, chosen));
  const found = isObject(at(response, 'content'))
    ? ofContent(definition, at(response, 'content') as Loose)
    : ofSwagger(definition, response, at(operation, 'produces') ?? at(definition, 'produces'));
  if (found === 'empty') return { statusCode: Number(chosen), contentType: 'application/json', body: '' };
  if (found === null) return { problem: `The definition has no example for the answer ${chosen} of ${where}.` };
  const [contentType, value] = found;
  const body = typeof value === 'string' && !isJson(contentType) ? value : JSON.stringify(value);
  return { statusCode: Number(chosen), contentType, body };
}

type Found = readonly [contentType: string, value: unknown] | 'empty' | null;

const isJson = (mediaType: string): boolean => /[/+]json\b/i.test(mediaType);

function ofContent(definition: unknown, content: Loose): Found {
  const types = Object.keys(content).toSorted((a, b) => Number(isJson(b)) - Number(isJson(a)));
  if (types.length === 0) return 'empty';
  for (const type of types) {
    const media = content[type];
    const first = firstExample(definition, at(media, 'examples'));
    const value = at(media, 'example') ?? first ?? ofSchema(definition, at(media, 'schema'), 0);
    if (value !== undefined) return [type.includes('*') ? 'application/json' : type, value];
  }
  return null;
}

function ofSwagger(definition: unknown, response: unknown, produces: unknown): Found {
  const examples = at(response, 'examples');
  const type = isObject(examples) ? Object.keys(examples)[0] : undefined;
  if (type !== undefined) return [type, at(examples, type)];
  const schema = at(response, 'schema');
  if (schema === undefined) return 'empty';
  const value = ofSchema(definition, schema, 0);
  const first: unknown = Array.isArray(produces) ? produces[0] : undefined;
  return value === undefined ? null : [typeof first === 'string' ? first : 'application/json', value];
}

function firstExample(definition: unknown, examples: unknown): unknown {
  const first = isObject(examples) ? Object.values(examples)[0] : undefined;
  return at(resolve(definition, first), 'value');
}

/** `undefined` when the schema does not say what its values look like. */
function ofSchema(definition: unknown, given: unknown, depth: number): unknown {
  const schema = resolve(definition, given);
  const list = at(schema, 'examples');
  const said = at(schema, 'example') ?? (Array.isArray(list) ? list[0] : undefined) ?? at(schema, 'default');
  if (said !== undefined || depth > maxDepth) return said;
  const choices = at(schema, 'enum');
  if (Array.isArray(choices)) return choices[0];
  const parts = at(schema, 'allOf');
  const whole = Array.isArray(parts) ? parts.map((part) => ofSchema(definition, part, depth + 1)).filter(isObject) : [];
  const properties = Object.entries((at(schema, 'properties') as Loose | undefined) ?? {}).flatMap(
    ([name, property]) => {
      const value = ofSchema(definition, property, depth + 1);
      return value === undefined ? [] : [[name, value] as const];
    },
  );
  if (properties.length > 0 || whole.length > 0) return Object.assign({}, ...whole, Object.fromEntries(properties));
  const item = at(schema, 'items') === undefined ? undefined : ofSchema(definition, at(schema, 'items'), depth + 1);
  return item === undefined ? undefined : [item];
}

/** Follows `$ref` within the document. */
export function resolve(definition: unknown, given: unknown): unknown {
  let value = given;
  for (let i = 0; i < maxReferences && typeof at(value, '$ref') === 'string'; i++) {
    const pointer = at(value, '$ref') as string;
    if (!pointer.startsWith('#/')) return undefined;
    value = pointer
      .slice(2)
      .split('/')
      .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((node, part) => at(node, part), definition);
  }
  return value;
}
