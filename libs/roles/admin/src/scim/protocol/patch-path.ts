import { ScimRequestError } from '../scim-error.js';
import type { Filter } from './filter-ast.js';
import { parseValueFilter } from './filter-parser.js';
import { findPath, named, type Path, type ResourceType } from './schema.js';

/** What a patch operation is aimed at: an attribute, some of its values, a part of them. */
export interface PatchTarget extends Path {
  /** Null: all values. */
  readonly filter: Filter | null;
}

const withFilter = /^([^[\]]+)\[(.*)\](?:\.([\w$-]+))?$/s;

/** @throws ScimRequestError `invalidPath`, or `invalidFilter` for what stands between the brackets */
export function parsePatchPath(text: string, type: ResourceType): PatchTarget {
  const [, inBrackets, filterText, subName] = withFilter.exec(text.trim()) ?? [];
  const name = inBrackets ?? text.trim();
  const path = findPath(type, name);
  if (!path) throw new ScimRequestError('invalidPath', `There is no attribute "${name}" here.`);
  if (filterText === undefined) return { ...path, filter: null };
  if (!path.attribute.multiValued || path.sub !== null)
    throw new ScimRequestError('invalidPath', `"${name}" has one value: leave the brackets out.`);
  const filter = parseValueFilter(filterText, type, path.attribute);
  if (subName === undefined) return { ...path, filter };
  const sub = named(path.attribute.subAttributes ?? [], subName);
  if (!sub) throw new ScimRequestError('invalidPath', `"${subName}" is no part of "${name}".`);
  return { ...path, sub, filter };
}
