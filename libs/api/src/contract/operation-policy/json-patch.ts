/** Reference tokens of a JSON pointer (RFC 6901); `null` when it is none. */
export function tokensOf(pointer: string): string[] | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** One operation of a JSON Patch (RFC 6902 section 4). */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string };

export function isPatch(value: unknown): value is readonly PatchOperation[] {
  return Array.isArray(value) && value.length > 0 && value.length <= 100 && value.every(isOperation);
}

function isOperation(value: unknown): value is PatchOperation {
  if (typeof value !== 'object' || value === null) return false;
  const { op, path, from } = value as Record<string, unknown>;
  if (!isPointer(path)) return false;
  if (op === 'remove') return path !== '';
  if (op === 'move') return isPointer(from) && !`${path}/`.startsWith(`${from}/`);
  if (op === 'copy') return isPointer(from);
  return (op === 'add' || op === 'replace' || op === 'test') && 'value' in value;
}

function isPointer(value: unknown): value is string {
  return typeof value === 'string' && tokensOf(value) !== null;
}
