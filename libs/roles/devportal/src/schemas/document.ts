import { documentSources, documentTypes } from '@tollgate/api/domain';
import { listOf } from '@tollgate/http';
import { z } from 'zod';

/** Contract schema `Document`. */
export const documentAnswer = z.object({
  documentId: z.string(),
  name: z.string(),
  type: z.enum(documentTypes),
  otherTypeName: z.string().optional(),
  summary: z.string().optional(),
  sourceType: z.enum(documentSources),
  sourceUrl: z.string().optional(),
});
export type DocumentAnswer = z.output<typeof documentAnswer>;
export const documentListAnswer = listOf(documentAnswer);
