export { hopByHopHeaders } from '@tollgate/api/contract';

/** Names that the `Connection` fields of a message list, in lower case; `null` when there are none beside the usual ones. */
export function connectionOptions(raw: readonly string[]): ReadonlySet<string> | null {
  let named: Set<string> | null = null;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    for (const option of (raw[i + 1] as string).split(',')) {
      const lower = option.trim().toLowerCase();
      if (lower !== '' && lower !== 'close' && lower !== 'keep-alive') (named ??= new Set()).add(lower);
    }
  }
  return named;
}
