import { z } from 'zod';

const invert = z.boolean();
const address = z.union([
  z.object({ fixedIp: z.string() }),
  z.object({ startingIp: z.string(), endingIp: z.string() }),
]);
/** `pattern` is a regular expression in RE2 syntax that is looked for anywhere in the value. */
const named = { invert, name: z.string().min(1), pattern: z.string().min(1) };

/** One condition of a group. `fixedIp` is an IPv4 or IPv6 address or a CIDR block; both bounds of a range belong to it. */
export const throttleConditionSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('IPCONDITION'), invert, address }),
  z.object({ type: z.literal('HEADERCONDITION'), ...named }),
  z.object({ type: z.literal('QUERYPARAMETERCONDITION'), ...named }),
  z.object({ type: z.literal('JWTCLAIMSCONDITION'), ...named }),
]);
export type ThrottleCondition = z.infer<typeof throttleConditionSchema>;
