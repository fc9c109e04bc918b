import { z } from 'zod';
import type { RequestCountLimit, TimeUnit } from '@tollgate/throttling/contract';
import { parseTimeUnit } from '@tollgate/throttling/domain';

/** What the contract's clients read as "no limit". */
const unlimitedCount = 2_147_483_647;

const timeUnit = z.string().transform((text, context): TimeUnit => {
  const unit = parseTimeUnit(text);
  if (unit !== null) return unit;
  context.addIssue({ code: 'custom', message: 'Must be one of sec, min, hour, day, week, month, year.' });
  return z.NEVER;
});

const requestCount = z.object({
  requestCount: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  unitTime: z.number().int().min(1).max(100_000),
  timeUnit,
});

/** `ThrottleLimit` of the contract; kinds that are not built yet are refused by name. */
export const limitBody = z
  .object({
    type: z.enum(['REQUESTCOUNTLIMIT', 'BANDWIDTHLIMIT', 'EVENTCOUNTLIMIT', 'AIAPIQUOTALIMIT']),
    requestCount: requestCount.nullish(),
  })
  .transform((body, context): RequestCountLimit => {
    if (body.type !== 'REQUESTCOUNTLIMIT') {
      const message = `${body.type} is not supported yet: use REQUESTCOUNTLIMIT.`;
      context.addIssue({ code: 'custom', path: ['type'], message });
      return z.NEVER;
    }
    if (body.requestCount) return { type: body.type, ...body.requestCount };
    const message = 'Is needed for the type REQUESTCOUNTLIMIT: requestCount, unitTime and timeUnit.';
    context.addIssue({ code: 'custom', path: ['requestCount'], message });
    return z.NEVER;
  });

export function limitAnswer(limit: RequestCountLimit | null) {
  const {
    requestCount: count,
    unitTime,
    timeUnit: unit,
  } = limit ?? {
    requestCount: unlimitedCount,
    unitTime: 1,
    timeUnit: 'min',
  };
  return { type: 'REQUESTCOUNTLIMIT', requestCount: { timeUnit: unit, unitTime, requestCount: count } };
}

/** Refuses a property that the contract has and this version does not build. */
export function notSupportedYet(what: string, isAbsent: (value: unknown) => boolean): z.ZodType<unknown> {
  const isLeftOut = (value: unknown): boolean => value === undefined || value === null || isAbsent(value);
  return z.unknown().refine(isLeftOut, `${what} not supported yet: leave this out.`).optional();
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
});
