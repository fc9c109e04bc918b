import { z } from 'zod';
import {
  dataUnits,
  degradedModes,
  unlimitedCount,
  type ThrottleLimit,
  type TimeUnit,
} from '@tollgate/throttling/contract';
import { parseTimeUnit } from '@tollgate/throttling/domain';

const timeUnit = z.string().transform((text, context): TimeUnit => {
  const unit = parseTimeUnit(text);
  if (unit !== null) return unit;
  context.addIssue({ code: 'custom', message: 'Must be one of sec, min, hour, day, week, month, year.' });
  return z.NEVER;
});

const window = { unitTime: z.number().int().min(1).max(100_000), timeUnit };
const requestCount = z.object({ requestCount: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER), ...window });
const eventCount = z.object({ eventCount: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER), ...window });
const bandwidth = z.object({
  /** Bytes of the largest amount stay exact: 1,000,000 GB is 2^50. */
  dataAmount: z.number().int().min(1).max(1_000_000),
  dataUnit: z
    .string()
    .transform((name) => name.trim().toUpperCase())
    .pipe(z.enum(dataUnits)),
  ...window,
});

/** `ThrottleLimit` of the contract: only the part that belongs to the type is looked at. Kinds that are not built yet are refused by name. */
export const limitBody = z
  .object({
    type: z.enum(['REQUESTCOUNTLIMIT', 'BANDWIDTHLIMIT', 'EVENTCOUNTLIMIT', 'AIAPIQUOTALIMIT']),
    requestCount: z.unknown().optional(),
    bandwidth: z.unknown().optional(),
    eventCount: z.unknown().optional(),
  })
  .transform((body, context): ThrottleLimit => {
    const fail = (path: PropertyKey[], message: string): never => {
      context.addIssue({ code: 'custom', path, message });
      return z.NEVER;
    };
    const read = <T>(part: 'requestCount' | 'bandwidth' | 'eventCount', schema: z.ZodType<T>, holds: string): T => {
      if (body[part] === undefined || body[part] === null) {
        return fail([part], `Is needed for the type ${body.type}: ${holds}, unitTime and timeUnit.`);
      }
      const parsed = schema.safeParse(body[part]);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) fail([part, ...issue.path], issue.message);
      return z.NEVER;
    };
    if (body.type === 'REQUESTCOUNTLIMIT') {
      return { type: body.type, ...read('requestCount', requestCount, 'requestCount') };
    }
    if (body.type === 'BANDWIDTHLIMIT') {
      return { type: body.type, ...read('bandwidth', bandwidth, 'dataAmount, dataUnit') };
    }
    if (body.type === 'EVENTCOUNTLIMIT') {
      return { type: body.type, ...read('eventCount', eventCount, 'eventCount') };
    }
    return fail(
      ['type'],
      `${body.type} is not supported yet: use REQUESTCOUNTLIMIT, BANDWIDTHLIMIT or EVENTCOUNTLIMIT.`,
    );
  });

export function limitAnswer(limit: ThrottleLimit | null): object {
  const window = { timeUnit: limit?.timeUnit ?? 'min', unitTime: limit?.unitTime ?? 1 };
  if (limit?.type === 'BANDWIDTHLIMIT') {
    const { type, dataAmount, dataUnit } = limit;
    return { type, bandwidth: { ...window, dataAmount, dataUnit } };
  }
  if (limit?.type === 'EVENTCOUNTLIMIT') {
    return { type: limit.type, eventCount: { ...window, eventCount: limit.eventCount } };
  }
  return {
    type: 'REQUESTCOUNTLIMIT',
    requestCount: { ...window, requestCount: limit?.requestCount ?? unlimitedCount },
  };
}

/** What every kind of policy has. */
export const policyBase = z.object({
  policyName: z
    .string()
    .min(1)
    .max(60)
    .regex(/^[^\s\p{Cc}:/\\]+$/u, 'Must not hold spaces, control characters, ":", "/" or "\\".'),
  displayName: z.string().max(512).nullish(),
  description: z.string().max(1024).nullish(),
  /** Ours: what gateways do while traffic managers or brokers are away. */
  degradedMode: z.enum(degradedModes).nullish(),
  /** Ours: gateways lease permits ahead of need, so that no request is over the quota. */
  strict: z.boolean().nullish(),
});
