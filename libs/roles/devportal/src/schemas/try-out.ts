import { z } from 'zod';

/** Set by this process itself, or about one connection only (RFC 9110 section 7.6.1), or about the browser's own session. */
const refusedHeader =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|cookie2?|proxy-.*|forwarded|x-forwarded-.*|x-real-ip)$/i;

const header = z.strictObject({
  name: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/, 'This is no name of a header.')
    .refine(
      (name) => !refusedHeader.test(name),
      'This header is not passed on. Send the call from a client of your own.',
    ),
  value: z.string().regex(/^[\t\x20-\x7e\x80-\xff]{0,16000}$/, 'A value has one line and no control characters.'),
});

/** One call of an API, to be made by the portal's server. */
export const tryOutBody = z.strictObject({
  environmentName: z.string().min(1).max(255),
  transport: z.enum(['https', 'http']).default('https'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
  /** Below the API's address, with its query: `/orders?limit=5`. */
  path: z
    .string()
    .max(8000, 'At most 8000 characters.')
    .regex(/^(?:[/?][^\s#\\]*)?$/u, 'Begin with "/", and encode blanks, "#" and "\\".'),
  headers: z.array(header).max(50, 'At most 50 headers.').default([]),
  body: z.string().max(500_000, 'At most 500000 characters.').optional(),
});
export type TryOutBody = z.output<typeof tryOutBody>;

/** What the gateway answered, whatever its status says. */
export const tryOutAnswer = z.object({
  /** What was called. */
  url: z.string(),
  status: z.number().int(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  body: z.string(),
  /** How `body` stands for the bytes: as the text that they are, or in base64. */
  encoding: z.enum(['utf8', 'base64']),
  /** True when the answer was longer, or had not ended in time: `body` is its beginning. */
  truncated: z.boolean(),
  /** From the call to the end of what was read. */
  durationMs: z.number().int(),
});
export type TryOutAnswer = z.output<typeof tryOutAnswer>;
