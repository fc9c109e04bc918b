import {
  commonAttributes,
  findPath,
  isObject,
  named,
  type Attribute,
  type Resource,
  type ResourceType,
} from './schema.js';

export interface Projection {
  /** Names to show instead of all; those that are always shown come with them. */
  readonly attributes: readonly string[] | null;
  readonly excludedAttributes: readonly string[];
}

export const everything: Projection = { attributes: null, excludedAttributes: [] };

/** `a,b.c` → names; null when nothing was asked. */
export function namesOf(text: string | undefined): string[] | null {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length === 0 ? null : names;
}

/** Shows what was asked for (RFC 7644 section 3.9). Names that do not exist show nothing. */
export function projected(resource: Resource, type: ResourceType, projection: Projection): Resource {
  const { attributes, excludedAttributes } = projection;
  if (attributes !== null) return chosen(resource, type, attributes);
  return excludedAttributes.length === 0 ? resource : without(resource, type, excludedAttributes);
}

function chosen(resource: Resource, type: ResourceType, names: readonly string[]): Resource {
  const shown: Record<string, unknown> = {};
  for (const { name } of alwaysShown(type)) if (resource[name] !== undefined) shown[name] = resource[name];
  for (const name of names) {
    const extension = type.extensions.find((schema) => schema.id.toLowerCase() === name.toLowerCase());
    if (extension && resource[extension.id] !== undefined) shown[extension.id] = resource[extension.id];
    const path = findPath(type, name);
    if (!path) continue;
    const from = path.extension === null ? resource : resource[path.extension];
    const value = isObject(from) ? from[path.attribute.name] : undefined;
    if (value === undefined) continue;
    const into = path.extension === null ? shown : ((shown[path.extension] ??= {}) as Record<string, unknown>);
    into[path.attribute.name] = path.sub ? combined(into[path.attribute.name], value, path.sub) : value;
  }
  return shown;
}

/** Adds one part to what other names showed of the same attribute. */
function combined(present: unknown, value: unknown, sub: Attribute): unknown {
  if (Array.isArray(value))
    return value.map((element, i) => combined(Array.isArray(present) ? present[i] : undefined, element, sub));
  const part = isObject(value) && value[sub.name] !== undefined ? { [sub.name]: value[sub.name] } : {};
  return { ...(isObject(present) ? present : {}), ...part };
}

function without(resource: Resource, type: ResourceType, names: readonly string[]): Resource {
  const shown = structuredClone(resource) as Record<string, unknown>;
  const kept = alwaysShown(type).map(({ name }) => name);
  for (const name of names) {
    const extension = type.extensions.find((schema) => schema.id.toLowerCase() === name.toLowerCase());
    if (extension) delete shown[extension.id];
    const path = findPath(type, name);
    if (!path || kept.includes(path.attribute.name)) continue;
    const holder = path.extension === null ? shown : shown[path.extension];
    if (!isObject(holder)) continue;
    const value = holder[path.attribute.name];
    if (!path.sub) delete holder[path.attribute.name];
    else
      for (const element of Array.isArray(value) ? value : [value])
        if (isObject(element)) delete element[path.sub.name];
  }
  return shown;
}

function alwaysShown(type: ResourceType): Attribute[] {
  const all = [...commonAttributes, ...type.schema.attributes];
  return all.filter((attribute) => attribute.returned === 'always' && named(all, attribute.name));
}
