import { z } from 'zod';

/** Schemas of the messages of one operation, as its definition has them; by media type for bodies, by status for answers. */
export const messageSchemasSchema = z.object({
  parameters: z.array(
    z.object({
      in: z.enum(['path', 'query', 'header']),
      name: z.string(),
      isRequired: z.boolean(),
      schema: z.unknown(),
    }),
  ),
  /** `null`: the definition says nothing of a body. */
  requestBody: z.object({ isRequired: z.boolean(), content: z.record(z.string(), z.unknown()) }).nullable(),
  /** Keys are statuses such as `200`, ranges such as `2XX`, and `default`. */
  responses: z.record(z.string(), z.record(z.string(), z.unknown())),
});
export type MessageSchemas = z.infer<typeof messageSchemasSchema>;

/** What schemas of the operations refer to. */
export const sharedSchemasSchema = z.object({
  /** Of OpenAPI: decides what a schema means. */
  dialect: z.enum(['2.0', '3.0', '3.1']),
  schemas: z.record(z.string(), z.unknown()),
});
export type SharedSchemas = z.infer<typeof sharedSchemasSchema>;
