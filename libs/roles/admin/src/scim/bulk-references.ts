import { isObject } from './protocol/schema.js';
import type { BulkOperation } from './bulk-body.js';

const reference = /^bulkId:(.+)$/s;

/** Bulk ids that an operation waits for: in its data, and in its path `/Users/bulkId:…`. */
export function referencesOf(operation: BulkOperation): Set<string> {
  const found = new Set<string>();
  const inPath = reference.exec(operation.path.split('/').at(-1) ?? '')?.[1];
  if (inPath !== undefined) found.add(inPath);
  walk(operation.data, (text) => {
    const id = reference.exec(text)?.[1];
    if (id !== undefined) found.add(id);
    return text;
  });
  return found;
}

/** @param ids of what was made, by bulk id */
export function resolved(operation: BulkOperation, ids: ReadonlyMap<string, string>): BulkOperation {
  const replace = (text: string): string => ids.get(reference.exec(text)?.[1] ?? '') ?? text;
  const path = operation.path.split('/').map(replace).join('/');
  const data = walk(operation.data, replace) as BulkOperation['data'];
  return { ...operation, path, data };
}

function walk(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((element: unknown) => walk(element, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, walk(part, change)]));
}
