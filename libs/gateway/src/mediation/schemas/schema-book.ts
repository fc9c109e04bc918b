import type { SharedSchemas } from '@tollgate/api/contract';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { definitionsFor, toJsonSchema, type Direction } from './json-schema.js';

/** What is wrong with a value, with its JSON pointer; `null` when nothing is. */
export type Check = (value: unknown) => string | null;

const common = { strict: false, logger: false } as const;
/** Knows what a schema is; made once, because that takes as long as many schemas. */
let judge: Ajv2020 | null = null;

/** @throws Error when one is no JSON schema: code is made of those that are only */
function requireSchemas(given: readonly unknown[]): void {
  judge ??= new Ajv2020(common);
  for (const schema of given) {
    if (typeof schema === 'boolean' || judge.validateSchema(schema as object) === true) continue;
    throw new Error(`The definition has a schema that is none: ${judge.errorsText(judge.errors)}.`);
  }
}

/** Compiles the schemas of one API's definition, when it is deployed. */
export class SchemaBook {
  readonly #bodies: Readonly<Record<Direction, Ajv2020>>;
  /** Values of parameters are texts: they are read as the type that their schema asks for. */
  readonly #parameters: Ajv2020;

  /** @throws Error when a schema cannot be checked */
  constructor(private readonly shared: SharedSchemas) {
    this.#bodies = { request: this.#open('request', false), answer: this.#open('answer', false) };
    this.#parameters = this.#open('request', 'array');
  }

  /** @throws Error saying why the schema cannot be compiled */
  body(schema: unknown, direction: Direction): Check {
    return this.#compile(this.#bodies[direction], toJsonSchema(schema, { shared: this.shared, direction }));
  }

  /** Takes a text, or several of them. @throws Error saying why the schema cannot be compiled */
  parameter(schema: unknown): Check {
    const value = toJsonSchema(schema, { shared: this.shared, direction: 'request' });
    const check = this.#compile(this.#parameters, { type: 'object', properties: { value } });
    return (text) => check({ value: text })?.replace(/^\/value/, '') ?? null;
  }

  #open(direction: Direction, coerceTypes: false | 'array'): Ajv2020 {
    const ajv = new Ajv2020({ ...common, meta: false, validateSchema: false, coerceTypes, code: { regExp } });
    addFormats.default(ajv as never, { mode: 'fast' });
    ajv.removeKeyword('uniqueItems');
    ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', validate: areUnique, errors: false });
    const definitions = definitionsFor({ shared: this.shared, direction });
    requireSchemas(Object.values(definitions));
    ajv.addSchema({ $id: direction, $defs: definitions });
    return ajv;
  }

  #compile(ajv: Ajv2020, schema: unknown): Check {
    requireSchemas([schema]);
    return checkOf(ajv.compile(schema as object | boolean));
  }
}

/** Expressions of definitions take time linear in the value. */
function regExp(pattern: string): { test(text: string): boolean } {
  const compiled = RE2JS.compile(pattern);
  // Their text is what ajv tells them apart by.
  return { test: (text) => compiled.matcher(text).find(), toString: () => pattern } as { test(text: string): boolean };
}
regExp.code = 'new RegExp';

/** In time linear in the list, where comparing each with each would not be. */
function areUnique(isAsked: boolean, list: readonly unknown[]): boolean {
  if (!isAsked) return true;
  return new Set(list.map((item) => canonical(item))).size === list.length;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function checkOf(validate: ValidateFunction): Check {
  return (value) => {
    if (validate(value)) return null;
    const [error] = validate.errors ?? [];
    const { instancePath = '', message = 'is not valid', params } = error ?? {};
    const values = (params as { allowedValues?: unknown[] } | undefined)?.allowedValues;
    return `${instancePath} ${message}${values ? `: ${JSON.stringify(values).slice(0, 200)}` : ''}`;
  };
}
