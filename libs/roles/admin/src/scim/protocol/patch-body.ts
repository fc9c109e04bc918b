import { z } from 'zod';

export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** RFC 7644 section 3.5.2. Operation names are read without regard to case, as clients write `Replace`. */
export const patchBody = z.object({
  Operations: z
    .array(
      z.object({
        op: z
          .string()
          .transform((op) => op.toLowerCase())
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: z.string().max(1000).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1, 'Name at least one operation.')
    .max(1000),
});
export type PatchBody = z.infer<typeof patchBody>;
export type PatchOperation = PatchBody['Operations'][number];
