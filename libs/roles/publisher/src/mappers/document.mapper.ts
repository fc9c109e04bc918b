import type { ApiDocument } from '@tollgate/api/server';
import type { DocumentAnswer } from '../schemas/document.js';

export function documentAnswerOf(document: ApiDocument): DocumentAnswer {
  const { uuid, name, type, otherTypeName, summary, sourceType, sourceUrl, fileName, visibility } = document;
  return {
    documentId: uuid,
    name,
    type,
    ...(otherTypeName === null ? {} : { otherTypeName }),
    ...(summary === '' ? {} : { summary }),
    sourceType,
    ...(sourceUrl === null ? {} : { sourceUrl }),
    ...(fileName === null ? {} : { fileName }),
    visibility,
    createdTime: new Date(document.createdAt).toISOString(),
    createdBy: document.createdBy,
    lastUpdatedTime: new Date(document.updatedAt).toISOString(),
    lastUpdatedBy: document.updatedBy,
  };
}
