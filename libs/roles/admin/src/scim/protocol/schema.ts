/** Shapes that filters, patches, projections and `/Schemas` all read (RFC 7643 section 7). */
export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex';
  readonly description: string;
  readonly multiValued?: boolean;
  readonly required?: boolean;
  /** Default false, as RFC 7643 section 2.2 has it. */
  readonly caseExact?: boolean;
  /** Default `readWrite`. */
  readonly mutability?: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  /** Default `default`. */
  readonly returned?: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness?: 'none' | 'server';
  readonly subAttributes?: readonly Attribute[];
  readonly referenceTypes?: readonly string[];
}

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** A kind of resource: its core schema, and extensions whose attributes stand below their URN. */
export interface ResourceType {
  readonly name: string;
  /** Below the base of the service. */
  readonly endpoint: string;
  readonly description: string;
  readonly schema: Schema;
  readonly extensions: readonly Schema[];
}

export type Resource = Readonly<Record<string, unknown>>;

/** What every resource has (RFC 7643 section 3.1). */
export const commonAttributes: readonly Attribute[] = [
  {
    name: 'schemas',
    type: 'reference',
    multiValued: true,
    description: 'URNs of the schemas that this resource uses.',
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
  },
  {
    name: 'id',
    type: 'string',
    description: 'Made by the service, never given twice.',
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  },
  {
    name: 'meta',
    type: 'complex',
    description: 'What the service knows about the resource.',
    mutability: 'readOnly',
    subAttributes: [
      { name: 'resourceType', type: 'string', caseExact: true, mutability: 'readOnly', description: 'Its kind.' },
      { name: 'created', type: 'dateTime', mutability: 'readOnly', description: 'When it was made.' },
      { name: 'lastModified', type: 'dateTime', mutability: 'readOnly', description: 'When it was last changed.' },
      { name: 'location', type: 'reference', caseExact: true, mutability: 'readOnly', description: 'Its URI.' },
      { name: 'version', type: 'string', caseExact: true, mutability: 'readOnly', description: 'Its entity tag.' },
    ],
  },
];

/** What a name leads to: a schema's attribute, perhaps one of its sub-attributes. */
export interface Path {
  /** URN of the extension that holds the attribute; null for the core schema. */
  readonly extension: string | null;
  readonly attribute: Attribute;
  readonly sub: Attribute | null;
}

/**
 * `userName`, `name.givenName`, `urn:…:User:userName`; names are compared without regard to case (RFC 7643 section 2.1).
 * @returns null when this kind of resource has no such attribute
 */
export function findPath(type: ResourceType, text: string): Path | null {
  const lower = text.toLowerCase();
  for (const schema of [type.schema, ...type.extensions]) {
    const prefix = `${schema.id.toLowerCase()}:`;
    if (!lower.startsWith(prefix)) continue;
    const extension = schema === type.schema ? null : schema.id;
    return findIn(schema.attributes, text.slice(prefix.length), extension);
  }
  return findIn([...type.schema.attributes, ...commonAttributes], text, null);
}

function findIn(attributes: readonly Attribute[], text: string, extension: string | null): Path | null {
  const [name = '', subName, ...rest] = text.split('.');
  const attribute = named(attributes, name);
  if (!attribute || rest.length > 0) return null;
  if (subName === undefined) return { extension, attribute, sub: null };
  const sub = named(attribute.subAttributes ?? [], subName);
  return sub ? { extension, attribute, sub } : null;
}

export function named(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return attributes.find((attribute) => attribute.name.toLowerCase() === name.toLowerCase());
}

export function pathText({ extension, attribute, sub }: Path): string {
  return `${extension === null ? '' : `${extension}:`}${attribute.name}${sub ? `.${sub.name}` : ''}`;
}

/** Value of an attribute in a resource; undefined when it has none. */
export function valueAt(resource: Resource, { extension, attribute }: Pick<Path, 'extension' | 'attribute'>): unknown {
  const holder = extension === null ? resource : resource[extension];
  return isObject(holder) ? holder[attribute.name] : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
