import { isDeepStrictEqual } from 'node:util';
import { ScimRequestError } from '../scim-error.js';
import type { Filter } from './filter-ast.js';
import { elementsOf, matchesFilter } from './filter-match.js';
import { parsePatchPath, type PatchTarget } from './patch-path.js';
import type { PatchOperation } from './patch-body.js';
import { findPath, isObject, named, pathText, type Attribute, type Resource, type ResourceType } from './schema.js';

type Draft = Record<string, unknown>;

/**
 * The resource after all operations, in their order (RFC 7644 section 3.5.2); the given one stays as it is, so that a
 * patch is done whole or not at all.
 * @throws ScimRequestError with the keyword of section 3.12
 */
export function patched(resource: Resource, operations: readonly PatchOperation[], type: ResourceType): Resource {
  const draft = structuredClone(resource) as Draft;
  for (const operation of operations) apply(draft, operation, type);
  return draft;
}

function apply(draft: Draft, { op, path, value }: PatchOperation, type: ResourceType): void {
  if (path === undefined) return applyAll(draft, { op, path, value }, type);
  const target = parsePatchPath(path, type);
  requireWritable(target);
  if (op === 'remove') remove(draft, target, value);
  else if (value === undefined) throw new ScimRequestError('invalidValue', `Say in "value" what "${path}" becomes.`);
  else if (target.filter !== null) setSome(draft, target, target.filter, { op, value });
  else set(draft, target, { op, value });
}

/** Without a path the value names the attributes itself. */
function applyAll(draft: Draft, { op, value }: PatchOperation, type: ResourceType): void {
  if (op === 'remove') throw new ScimRequestError('noTarget', 'Say in "path" what to remove.');
  if (!isObject(value))
    throw new ScimRequestError('invalidValue', 'Without a path the value is an object of attributes.');
  for (const [name, part] of Object.entries(value)) {
    const extension = type.extensions.find((schema) => schema.id.toLowerCase() === name.toLowerCase());
    if (extension && isObject(part))
      for (const [inner, innerValue] of Object.entries(part))
        apply(draft, { op, path: `${extension.id}:${inner}`, value: innerValue }, type);
    else if (!isReadOnly(findPath(type, name)?.attribute)) apply(draft, { op, path: name, value: part }, type);
  }
}

/** Resources come back from clients whole: what they cannot change is left out, as in PUT. */
function isReadOnly(attribute: Attribute | undefined): boolean {
  return attribute?.mutability === 'readOnly';
}

function requireWritable({ attribute, sub, ...path }: PatchTarget): void {
  if (isReadOnly(attribute) || isReadOnly(sub ?? undefined))
    throw new ScimRequestError('mutability', `"${pathText({ ...path, attribute, sub })}" is set by the service.`);
}

interface Setting {
  readonly op: PatchOperation['op'];
  readonly value: unknown;
}

function set(draft: Draft, target: PatchTarget, { op, value }: Setting): void {
  const { attribute, sub } = target;
  const holder = holderOf(draft, target);
  if (sub) {
    const elements = elementsOf(holder[attribute.name]).filter(isObject);
    if (elements.length === 0)
      holder[attribute.name] = attribute.multiValued ? [{ [sub.name]: value }] : { [sub.name]: value };
    for (const element of elements) element[sub.name] = value;
  } else if (!attribute.multiValued) {
    holder[attribute.name] = attribute.type === 'complex' ? merged(holder[attribute.name], value, attribute) : value;
  } else {
    const given = elementsOf(value).map((element) => normalized(element, attribute));
    const kept = op === 'add' ? elementsOf(holder[attribute.name]) : [];
    holder[attribute.name] = withOnePrimary(kept, given);
  }
}

/** One value is not there twice, and a new primary one takes the place of the old (RFC 7644 section 3.5.2). */
function withOnePrimary(kept: readonly unknown[], given: readonly unknown[]): unknown[] {
  const added = given.filter((element, i) => ![...kept, ...given.slice(0, i)].some((other) => same(other, element)));
  if (!added.some((element) => isObject(element) && element['primary'] === true)) return [...kept, ...added];
  const others = kept.map((element) =>
    isObject(element) && element['primary'] === true ? { ...element, primary: false } : element,
  );
  return [...others, ...added];
}

/** Members are the same when their ids are; other values when all of them is. */
function same(one: unknown, other: unknown): boolean {
  if (isObject(one) && isObject(other) && one['value'] !== undefined && other['value'] !== undefined)
    return one['value'] === other['value'] && (one['type'] ?? null) === (other['type'] ?? null);
  return isDeepStrictEqual(one, other);
}

function setSome(draft: Draft, target: PatchTarget, filter: Filter, { op, value }: Setting): void {
  const { attribute, sub } = target;
  const holder = holderOf(draft, target);
  const elements = elementsOf(holder[attribute.name]).filter(isObject);
  const chosen = elements.filter((element) => matchesFilter(filter, element));
  if (chosen.length === 0 && op === 'add') {
    // Clients name a value that is to be made by what it will be: emails[type eq "work"].value.
    const seed = wanted(filter);
    const part = sub ? { [sub.name]: value } : isObject(value) ? value : null;
    if (seed !== null && part !== null) holder[attribute.name] = withOnePrimary(elements, [{ ...seed, ...part }]);
    else throw noTarget(target);
    return;
  }
  if (chosen.length === 0) throw noTarget(target);
  for (const element of chosen) {
    if (sub) element[sub.name] = value;
    else if (isObject(value)) Object.assign(element, renamed(value, attribute));
    else throw new ScimRequestError('invalidValue', `A value of "${attribute.name}" is an object.`);
  }
}

/** `type eq "work"` → `{type: 'work'}`; null when the filter says more than equalities. */
function wanted(filter: Filter): Draft | null {
  if (filter.kind === 'compare' && filter.operator === 'eq' && 'inner' in filter.path)
    return { [filter.path.inner.name]: filter.value };
  if (filter.kind !== 'and') return null;
  const parts = filter.parts.map(wanted);
  return parts.includes(null) ? null : (Object.assign({}, ...parts) as Draft);
}

function remove(draft: Draft, target: PatchTarget, value: unknown): void {
  const { attribute, sub, filter } = target;
  if ((sub ?? attribute).required)
    throw new ScimRequestError('mutability', `"${(sub ?? attribute).name}" always has a value.`);
  const holder = holderOf(draft, target);
  const elements = elementsOf(holder[attribute.name]);
  // Clients of the field name the values to remove beside the path.
  const listed = filter === null && attribute.multiValued && value !== undefined ? elementsOf(value) : null;
  const isChosen = (element: unknown): boolean => {
    if (listed !== null) return listed.some((other) => same(normalized(other, attribute), element));
    return filter === null || (isObject(element) && matchesFilter(filter, element));
  };
  const chosen = elements.filter(isChosen);
  if (filter !== null && chosen.length === 0) throw noTarget(target);
  if (sub) for (const element of chosen.filter(isObject)) delete element[sub.name];
  const rest = sub ? elements : elements.filter((element) => !isChosen(element));
  if (rest.length === 0) delete holder[attribute.name];
  else holder[attribute.name] = attribute.multiValued ? rest : rest[0];
}

function noTarget(target: PatchTarget): ScimRequestError {
  return new ScimRequestError('noTarget', `No value of "${pathText(target)}" is the one that the path asks for.`);
}

function holderOf(draft: Draft, { extension }: PatchTarget): Draft {
  if (extension === null) return draft;
  const holder = draft[extension];
  if (isObject(holder)) return holder;
  return (draft[extension] = {}) as Draft;
}

function merged(present: unknown, value: unknown, attribute: Attribute): unknown {
  if (!isObject(value)) throw new ScimRequestError('invalidValue', `"${attribute.name}" is an object.`);
  return { ...(isObject(present) ? present : {}), ...renamed(value, attribute) };
}

function normalized(element: unknown, attribute: Attribute): unknown {
  if (isObject(element)) return renamed(element, attribute);
  return attribute.type === 'complex' ? { value: element } : element;
}

/** Parts under their own spelling: names are given in any letter case. */
function renamed(value: Draft, attribute: Attribute): Draft {
  const parts = attribute.subAttributes ?? [];
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [named(parts, name)?.name ?? name, part]));
}
