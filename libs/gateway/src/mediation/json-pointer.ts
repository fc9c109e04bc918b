import { tokensOf } from '@tollgate/api/contract';

/** `undefined` when there is nothing. */
export function valueAt(value: unknown, pointer: string): unknown {
  return (tokensOf(pointer) ?? [pointer]).reduce<unknown>(childOf, value);
}

/** Own members and elements only. */
export function childOf(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return /^(?:0|[1-9]\d{0,8})$/.test(token) ? parent[Number(token)] : undefined;
  if (typeof parent !== 'object' || parent === null) return undefined;
  return Object.hasOwn(parent, token) ? (parent as Record<string, unknown>)[token] : undefined;
}
