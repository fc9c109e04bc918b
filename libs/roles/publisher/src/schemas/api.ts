import { lifecycleActions, topicModes } from '@tollgate/api/domain';
import { apiBodySchema } from '@tollgate/api/domain';
import { listOf, pageQuery } from '@tollgate/http';
import { z } from 'zod';

/** Name, context and version have rules of their own; here they only have to be there and to be text. */
const identity = { name: z.string().max(255), context: z.string().max(1000), version: z.string().max(255) };

/** What a caller may set. Everything else that an API has (`id`, `provider`, `lifeCycleStatus`, …) is dropped. */
export const newApiBody = apiBodySchema.extend(identity);
export type NewApiBody = z.output<typeof newApiBody>;
export const changedApiBody = apiBodySchema;
export type ChangedApiBody = z.output<typeof changedApiBody>;

/** `additionalProperties` of an import: what it leaves out is taken from the definition. */
export const importedApiBody = apiBodySchema.extend({
  name: identity.name.nullish(),
  context: identity.context.nullish(),
  version: identity.version.nullish(),
});

/** Contract path `TopicList`: names are single segments, without braces or stars. */
export const topicsBody = z.object({
  list: z
    .array(
      z.object({
        name: z
          .string()
          .regex(
            /^[^~!@#;:%^*()+={}|\\<>"',&$\s[\]/]{1,50}$/,
            'A name has 1 to 50 characters, none of them a space or one of ~!@#;:%^*()+={}|\\<>"\',&$[]/.',
          ),
        mode: z
          .string()
          .transform((mode) => mode.toUpperCase())
          .pipe(z.enum(topicModes)),
        description: z.string().max(32_766),
      }),
    )
    .min(1)
    .max(1_000),
});
export type TopicsBody = z.output<typeof topicsBody>;

export const createQuery = z.object({ openAPIVersion: z.enum(['v2', 'v3']).default('v3') });
export type CreateQuery = z.output<typeof createQuery>;

export const listQuery = pageQuery.extend({
  sortBy: z.enum(['apiName', 'name', 'version', 'createdTime', 'status']).default('createdTime'),
  sortOrder: z.enum(['asc', 'desc']).default('desc'),
  query: z.string().max(1000).optional(),
});
export type ListQuery = z.output<typeof listQuery>;

const truth = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
export const copyQuery = z.object({ apiId: z.string().min(1), newVersion: z.string(), defaultVersion: truth });
export type CopyQuery = z.output<typeof copyQuery>;

export const validateQuery = z.object({ query: z.string().min(1).max(1000) });
export type ValidateQuery = z.output<typeof validateQuery>;

export const lifecycleQuery = z.object({
  apiId: z.string().min(1),
  action: z.enum(lifecycleActions),
  lifecycleChecklist: z.string().max(1000).optional(),
});
export type LifecycleQuery = z.output<typeof lifecycleQuery>;

const text = z.string();
export const apiInfoAnswer = z.object({
  id: text,
  name: text,
  description: text.optional(),
  context: text,
  version: text,
  provider: text,
  type: text,
  lifeCycleStatus: text,
  audience: text.optional(),
  audiences: z.array(text),
  hasThumbnail: z.boolean(),
  securityScheme: z.array(text),
  additionalProperties: z.array(z.object({ name: text, value: text, display: z.boolean() })),
  createdTime: text,
  updatedTime: text,
});
export type ApiInfoAnswer = z.output<typeof apiInfoAnswer>;
export const apiListAnswer = listOf(apiInfoAnswer);
