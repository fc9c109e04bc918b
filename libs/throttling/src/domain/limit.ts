import type { RequestEvent, ThrottleLimit } from '../contract/index.js';

const bytesPerUnit = { KB: 1_024, MB: 1_024 ** 2, GB: 1_024 ** 3 } as const;

/** What a limit allows per window, in the unit that it counts. */
export function quotaOf(limit: ThrottleLimit): number {
  switch (limit.type) {
    case 'REQUESTCOUNTLIMIT':
      return limit.requestCount;
    case 'BANDWIDTHLIMIT':
      return limit.dataAmount * bytesPerUnit[limit.dataUnit];
    case 'EVENTCOUNTLIMIT':
      return limit.eventCount;
  }
}

export function countsBytes(limit: ThrottleLimit): boolean {
  return limit.type === 'BANDWIDTHLIMIT';
}

export function countsEvents(limit: ThrottleLimit): boolean {
  return limit.type === 'EVENTCOUNTLIMIT';
}

/** What a request event adds to a limit. */
export function amountOf(event: Pick<RequestEvent, 'count' | 'bytes' | 'events'>, limit: ThrottleLimit): number {
  if (countsBytes(limit)) return event.bytes;
  return countsEvents(limit) ? event.events : event.count;
}

const keySuffixes = { REQUESTCOUNTLIMIT: '', BANDWIDTHLIMIT: '%bytes', EVENTCOUNTLIMIT: '%events' } as const;

/** Key of what a limit counts, so that a policy whose kind of limit changes never mixes requests, bytes and events. */
export function limitKey(key: string, limit: ThrottleLimit): string {
  return key + keySuffixes[limit.type];
}
