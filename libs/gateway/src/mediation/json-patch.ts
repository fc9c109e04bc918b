import { tokensOf, type PatchOperation } from '@tollgate/api/contract';
import { childOf, valueAt } from './json-pointer.js';

/** All operations or none: the value that was given stays as it is. */
export function patched(
  given: unknown,
  operations: readonly PatchOperation[],
): { readonly value: unknown } | { readonly problem: string } {
  let value: unknown = structuredClone(given);
  for (const operation of operations) {
    const result = apply(value, operation);
    if (result === undefined) return { problem: `"${operation.op}" at "${operation.path}" is not possible.` };
    value = result.value;
  }
  return { value };
}

type Applied = { readonly value: unknown } | undefined;

function apply(value: unknown, operation: PatchOperation): Applied {
  const { op, path } = operation;
  switch (op) {
    case 'test':
      return isEqual(valueAt(value, path), operation.value) ? { value } : undefined;
    case 'add':
      return put(value, path, structuredClone(operation.value), true);
    case 'replace':
      return valueAt(value, path) === undefined ? undefined : put(value, path, structuredClone(operation.value), false);
    case 'remove':
      return remove(value, path);
    default: {
      const moved = valueAt(value, operation.from);
      if (moved === undefined) return undefined;
      const copy: unknown = structuredClone(moved);
      const without = op === 'move' ? remove(value, operation.from) : { value };
      return without && put(without.value, path, copy, true);
    }
  }
}

function parentOf(value: unknown, path: string): { readonly parent: unknown; readonly token: string } {
  const tokens = tokensOf(path) ?? [];
  const token = tokens.pop() ?? '';
  return { parent: tokens.reduce<unknown>(childOf, value), token };
}

function put(value: unknown, path: string, item: unknown, isInsert: boolean): Applied {
  if (path === '') return { value: item };
  const { parent, token } = parentOf(value, path);
  if (Array.isArray(parent)) {
    const at = token === '-' ? parent.length : /^(?:0|[1-9]\d{0,8})$/.test(token) ? Number(token) : -1;
    if (at < 0 || at > parent.length) return undefined;
    parent.splice(at, isInsert ? 0 : 1, item);
  } else if (typeof parent === 'object' && parent !== null && token !== '__proto__')
    (parent as Record<string, unknown>)[token] = item;
  else return undefined;
  return { value };
}

function remove(value: unknown, path: string): Applied {
  const { parent, token } = parentOf(value, path);
  if (childOf(parent, token) === undefined) return undefined;
  if (Array.isArray(parent)) parent.splice(Number(token), 1);
  else delete (parent as Record<string, unknown>)[token];
  return { value };
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual(childOf(a, name), childOf(b, name)))
  );
}
