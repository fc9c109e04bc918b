import { ScimRequestError } from '../scim-error.js';
import { comparable, elementsOf, order } from './filter-match.js';
import { findPath, isObject, named, valueAt, type Path, type Resource, type ResourceType } from './schema.js';

export type SortKey = string | null;

/** @throws ScimRequestError `invalidPath` for an attribute that cannot be sorted by */
export function sortPath(type: ResourceType, sortBy: string): Path {
  const path = findPath(type, sortBy);
  if (!path || (path.sub ?? path.attribute).returned === 'never')
    throw new ScimRequestError('invalidPath', `One cannot sort by "${sortBy}".`);
  return path;
}

/** What a resource is sorted by: of several values the primary one, else the first (RFC 7644 section 3.4.2.3). */
export function sortKey(resource: Resource, path: Path): SortKey {
  const elements = elementsOf(valueAt(resource, path));
  const element = elements.find((candidate) => isObject(candidate) && candidate['primary'] === true) ?? elements[0];
  const { attribute } = path;
  const part = path.sub ?? (attribute.multiValued ? named(attribute.subAttributes ?? [], 'value') : undefined);
  const value = part && isObject(element) ? element[part.name] : element;
  if (value === undefined || value === null || isObject(value)) return null;
  const text = comparable(typeof value === 'string' ? value : JSON.stringify(value), part ?? attribute);
  return text === '' ? null : text;
}

/** Resources without a value come last; the other way round first. */
export function compareKeys(one: SortKey, other: SortKey, descending: boolean): number {
  const ascending = one === null || other === null ? Number(one === null) - Number(other === null) : order(one, other);
  return descending ? -ascending : ascending;
}
