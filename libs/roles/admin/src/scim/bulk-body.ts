import { z } from 'zod';

export const bulkRequestSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
export const bulkResponseSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
export const maxBulkOperations = 1000;

const bulkOperation = z.object({
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .pipe(z.enum(['POST', 'PUT', 'PATCH', 'DELETE'])),
  path: z.string().max(1000),
  bulkId: z.string().min(1).max(255).optional(),
  version: z.string().max(100).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
export type BulkOperation = z.infer<typeof bulkOperation>;

/** RFC 7644 section 3.7. */
export const bulkBody = z.object({
  failOnErrors: z.number().int().min(1).optional(),
  Operations: z.array(bulkOperation).min(1, 'Name at least one operation.').max(maxBulkOperations),
});
export type BulkBody = z.infer<typeof bulkBody>;

export interface BulkResult {
  readonly method: string;
  readonly bulkId?: string;
  readonly location?: string;
  readonly version?: string;
  /** HTTP status as text. */
  readonly status: string;
  /** Body of an error. */
  readonly response?: unknown;
}
