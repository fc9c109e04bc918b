import { exampleOf, isObject, resolved, type Json } from './schema-example';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

export interface ConsoleParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly example: string;
  /** Empty: any text. */
  readonly choices: readonly string[];
}

/** An operation as the console asks for it. */
export interface ConsoleOperation {
  readonly method: string;
  /** As the definition has it: `/orders/{id}`; `*` stands for any rest. */
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly ConsoleParameter[];
  /** What may be sent, by media type. Files (multipart) are left out. */
  readonly bodies: readonly { readonly mediaType: string; readonly example: string }[];
}

/** Names of all operations, `GET /orders`, in the definition's order. */
export function operationNames(document: Json): string[] {
  return Object.entries(pathsOf(document)).flatMap(([path, item]) =>
    methods
      .filter((method) => isObject(item) && item[method] !== undefined)
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** Reads one operation of an OpenAPI 3 or Swagger 2 document. @param name of `operationNames` */
export function readOperation(document: Json, name: string): ConsoleOperation | null {
  const [method = '', ...rest] = name.split(' ');
  const path = rest.join(' ');
  const item = pathsOf(document)[path];
  const operation = isObject(item) ? item[method.toLowerCase()] : undefined;
  if (!isObject(item) || !isObject(operation)) return null;
  const declared = [...listOf(item['parameters']), ...listOf(operation['parameters'])]
    .map((each) => resolved(document, each))
    .filter(isObject);
  return {
    method,
    path,
    summary: text(operation['summary']) || text(operation['description']),
    parameters: parametersOf(document, path, declared),
    bodies:
      document['swagger'] === undefined ? bodiesOf(document, operation) : swaggerBodies(document, operation, declared),
  };
}

const pathsOf = (document: Json): Json => (isObject(document['paths']) ? document['paths'] : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Declared ones, those of the operation over those of its path, and what the path leaves open without a declaration. */
function parametersOf(document: Json, path: string, declared: readonly Json[]): ConsoleParameter[] {
  const found = new Map<string, ConsoleParameter>();
  const open = [...path.matchAll(/\{([^}]+)\}|\*/g)].map(([all, name]) => name ?? all);
  for (const name of open)
    found.set(`path ${name}`, { name, in: 'path', required: name !== '*', description: '', example: '', choices: [] });
  for (const parameter of declared) {
    const place = parameter['in'];
    if (place !== 'path' && place !== 'query' && place !== 'header') continue;
    const name = text(parameter['name']);
    if (place === 'path' && !open.includes(name)) continue;
    found.set(`${place} ${name}`, {
      name,
      in: place,
      required: place === 'path' || parameter['required'] === true,
      description: text(parameter['description']),
      ...valuesOf(document, parameter),
    });
  }
  return [...found.values()];
}

/** Swagger 2 puts a parameter's type into the parameter itself. */
function valuesOf(document: Json, parameter: Json): Pick<ConsoleParameter, 'example' | 'choices'> {
  const schema = resolved(document, parameter['schema'] ?? parameter);
  const known = isObject(schema) ? schema : {};
  const written = parameter['example'] ?? known['example'] ?? known['default'];
  return { example: written === undefined ? '' : shown(written), choices: listOf(known['enum']).map(shown) };
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function bodiesOf(document: Json, operation: Json): ConsoleOperation['bodies'] {
  const body = resolved(document, operation['requestBody']);
  const content = isObject(body) && isObject(body['content']) ? body['content'] : {};
  return Object.entries(content)
    .filter(([mediaType]) => !mediaType.startsWith('multipart/'))
    .map(([mediaType, media]) => {
      const { example, examples, schema } = (isObject(media) ? media : {}) as Record<string, unknown>;
      const [first] = isObject(examples) ? Object.values(examples).map((each) => resolved(document, each)) : [];
      const written = example ?? (isObject(first) ? first['value'] : undefined);
      return { mediaType, example: bodyText(mediaType, written ?? exampleOf(document, schema)) };
    });
}

function swaggerBodies(document: Json, operation: Json, declared: readonly Json[]): ConsoleOperation['bodies'] {
  const consumed = [operation['consumes'], document['consumes']].map(listOf).find((list) => list.length > 0) ?? [];
  const form = declared.filter((each) => each['in'] === 'formData');
  if (form.length > 0) {
    if (form.some((each) => each['type'] === 'file')) return [];
    const mediaType = 'application/x-www-form-urlencoded';
    const value = Object.fromEntries(form.map((each) => [text(each['name']), exampleOf(document, each)]));
    return [{ mediaType, example: bodyText(mediaType, value) }];
  }
  const body = declared.find((each) => each['in'] === 'body');
  if (!body) return [];
  const mediaTypes = consumed.length > 0 ? consumed.map(text) : ['application/json'];
  return mediaTypes.map((mediaType) => ({
    mediaType,
    example: bodyText(mediaType, exampleOf(document, body['schema'])),
  }));
}

/** Forms as `a=1&b=2`, text as it is, everything else as JSON. */
function bodyText(mediaType: string, value: unknown): string {
  if (mediaType === 'application/x-www-form-urlencoded' && isObject(value))
    return new URLSearchParams(Object.entries(value).map(([name, each]) => [name, shown(each)])).toString();
  if (value === null || value === undefined) return '';
  return typeof value === 'string' && !/json/.test(mediaType) ? value : JSON.stringify(value, null, 2);
}
