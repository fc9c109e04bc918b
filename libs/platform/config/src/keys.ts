import { z } from 'zod';
import { unwrap } from './environment.js';
import { configSchema } from './schema.js';

export interface KeyDescription {
  /** `[apim.throttling]`, `[[apim.throttling.url_group]]`. */
  readonly section: string;
  readonly name: string;
  readonly type: string;
  /** TOML text; '' when there is no default. */
  readonly defaultText: string;
  readonly secret: boolean;
  readonly variable: string;
  readonly description: string;
}

/** Every key of `deployment.toml`, in the order of the schema. */
export function describeKeys(): KeyDescription[] {
  return describeObject(configSchema, [], false);
}

function describeObject(schema: z.ZodObject, path: readonly string[], inArray: boolean): KeyDescription[] {
  const keys: KeyDescription[] = [];
  const deeper: KeyDescription[] = [];
  for (const [name, child] of Object.entries(schema.shape) as [string, z.ZodType][]) {
    const inner = unwrap(child);
    const element = inner instanceof z.ZodArray ? unwrap(inner.element as z.ZodType) : null;
    if (inner instanceof z.ZodObject) deeper.push(...describeObject(inner, [...path, name], inArray));
    else if (element instanceof z.ZodObject) deeper.push(...describeObject(element, [...path, name, ''], true));
    else keys.push(describeKey(name, child, inner, path, inArray));
  }
  return [...keys, ...deeper];
}

function describeKey(
  name: string,
  child: z.ZodType,
  inner: z.ZodType,
  path: readonly string[],
  inArray: boolean,
): KeyDescription {
  const meta = metaOf(child);
  const dotted = path.filter(Boolean).join('.');
  const variablePath = [...path, name].map((part) => (part === '' ? '0' : part.toUpperCase()));
  return {
    section: inArray ? `[[${dotted}]]` : `[${dotted}]`,
    name,
    type: typeOf(inner),
    defaultText: defaultOf(child),
    secret: meta.secret === true,
    variable: `TOLLGATE_${(variablePath[0] === 'TOLLGATE' ? variablePath.slice(1) : variablePath).join('__')}`,
    description: meta.description ?? '',
  };
}

function metaOf(schema: z.ZodType): { description?: string; secret?: unknown } {
  for (let at = schema; ;) {
    const meta = z.globalRegistry.get(at) as { description?: string; secret?: unknown } | undefined;
    if (meta?.description) return meta;
    if (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodPrefault)
      at = at.unwrap() as z.ZodType;
    else return meta ?? {};
  }
}

function typeOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `"${String(option)}"`).join(' or ');
  if (schema instanceof z.ZodNumber) return 'whole number';
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodArray) return 'list of texts';
  return 'text';
}

function defaultOf(schema: z.ZodType): string {
  const result = schema.safeParse(undefined);
  return result.success && result.data !== undefined ? JSON.stringify(result.data) : '';
}
