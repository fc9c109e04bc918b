import type { ThrottleLimit } from '../contract/index.js';

const bytesPerUnit = { KB: 1_024, MB: 1_024 ** 2, GB: 1_024 ** 3 } as const;

/** What a limit allows per window: requests, or bytes where `countsBytes` says so. */
export function quotaOf(limit: ThrottleLimit): number {
  return limit.type === 'BANDWIDTHLIMIT' ? limit.dataAmount * bytesPerUnit[limit.dataUnit] : limit.requestCount;
}

export function countsBytes(limit: ThrottleLimit): boolean {
  return limit.type === 'BANDWIDTHLIMIT';
}

/** Key of what a limit counts: bytes beside requests, so that a policy whose kind of limit changes never mixes the two. */
export function limitKey(key: string, limit: ThrottleLimit): string {
  return countsBytes(limit) ? `${key}%bytes` : key;
}
