import { z } from 'zod';

/** Canonical time units; `parseTimeUnit` in the domain layer accepts every spelling of the contracts. */
export const timeUnits = ['sec', 'min', 'hour', 'day', 'week', 'month', 'year'] as const;
export type TimeUnit = (typeof timeUnits)[number];

const window = { unitTime: z.number().int().positive(), timeUnit: z.enum(timeUnits) };

export const requestCountLimitSchema = z.object({
  type: z.literal('REQUESTCOUNTLIMIT'),
  requestCount: z.number().int().nonnegative(),
  ...window,
});
export type RequestCountLimit = z.infer<typeof requestCountLimitSchema>;

/** 1 KB is 1,024 bytes. */
export const dataUnits = ['KB', 'MB', 'GB'] as const;

/** Bytes of the bodies of requests and of their answers. */
export const bandwidthLimitSchema = z.object({
  type: z.literal('BANDWIDTHLIMIT'),
  dataAmount: z.number().int().positive(),
  dataUnit: z.enum(dataUnits),
  ...window,
});

/** Messages of WebSockets, server-sent events; each request of other APIs is one event. */
export const eventCountLimitSchema = z.object({
  type: z.literal('EVENTCOUNTLIMIT'),
  eventCount: z.number().int().positive(),
  ...window,
});

export const throttleLimitSchema = z.discriminatedUnion('type', [
  requestCountLimitSchema,
  bandwidthLimitSchema,
  eventCountLimitSchema,
]);
export type ThrottleLimit = z.infer<typeof throttleLimitSchema>;

/** What clients of the contracts send and read as "no limit", of requests or events. */
export const unlimitedCount = 2_147_483_647;

/** `null` for a limit that never refuses. */
export function limitThatRefuses(limit: ThrottleLimit | null): ThrottleLimit | null {
  if (limit?.type === 'REQUESTCOUNTLIMIT' && limit.requestCount === unlimitedCount) return null;
  if (limit?.type === 'EVENTCOUNTLIMIT' && limit.eventCount === unlimitedCount) return null;
  return limit;
}
