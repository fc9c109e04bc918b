import { documentSources, documentTypes, documentVisibilities } from '@tollgate/api/domain';
import { listOf } from '@tollgate/http';
import { z } from 'zod';

const absent = (given: string | null | undefined): string | undefined => given ?? undefined;

/** Contract schema `Document`; its `sourceUrl` and `otherTypeName` are marked read-only there, and sent by all clients. */
export const documentBody = z.object({
  name: z.string().min(1).max(60),
  type: z.enum(documentTypes),
  otherTypeName: z.string().max(60).nullish().transform(absent),
  summary: z
    .string()
    .max(32_766)
    .nullish()
    .transform((given) => given ?? ''),
  sourceType: z.enum(documentSources),
  sourceUrl: z.string().max(2048).nullish().transform(absent),
  visibility: z.enum(documentVisibilities).default('API_LEVEL'),
  inlineContent: z.string().max(5_000_000).nullish().transform(absent),
});
export type DocumentBody = z.output<typeof documentBody>;

export const documentAnswer = z.object({
  documentId: z.string(),
  name: z.string(),
  type: z.enum(documentTypes),
  otherTypeName: z.string().optional(),
  summary: z.string().optional(),
  sourceType: z.enum(documentSources),
  sourceUrl: z.string().optional(),
  fileName: z.string().optional(),
  visibility: z.enum(documentVisibilities),
  createdTime: z.string(),
  createdBy: z.string(),
  lastUpdatedTime: z.string(),
  lastUpdatedBy: z.string(),
});
export type DocumentAnswer = z.output<typeof documentAnswer>;
export const documentListAnswer = listOf(documentAnswer);

export const documentNameQuery = z.object({ name: z.string().min(1).max(60) });
export type DocumentNameQuery = z.output<typeof documentNameQuery>;
