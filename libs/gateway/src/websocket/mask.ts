import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(8 * 1024);
let at = pool.length;

/** Four bytes that nobody can foretell (RFC 6455 section 10.3), taken from a pool because each call of the source costs. */
export function nextMask(): Buffer {
  if (at === pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  const mask = pool.subarray(at, at + 4);
  at += 4;
  return mask;
}
