import { createHash } from 'node:crypto';
import type { DataPlaneRecord, RecordKind } from '../contract/index.js';

/** First 32 hex digits of SHA-256 over `kind \0 id \0 value`. */
export function hashRecord(kind: RecordKind, id: string, value: string): string {
  return createHash('sha256').update(`${kind}\0${id}\0${value}`).digest('hex').slice(0, 32);
}

export const emptyDigest = '0'.repeat(32);

/** Adds a record's hash to a digest, or takes it away again: XOR is its own inverse. `''` changes nothing. */
export function toggleInDigest(digest: string, hash: string): string {
  if (hash === '') return digest;
  return (BigInt(`0x${digest}`) ^ BigInt(`0x${hash}`)).toString(16).padStart(32, '0');
}

/** Digest of a whole set of records. */
export function digestOf(records: Iterable<Pick<DataPlaneRecord, 'hash'>>): string {
  let digest = 0n;
  for (const record of records) if (record.hash !== '') digest ^= BigInt(`0x${record.hash}`);
  return digest.toString(16).padStart(32, '0');
}
