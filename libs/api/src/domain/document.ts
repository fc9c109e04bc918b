import type { FieldProblem } from '@tollgate/base';

/** Contract: publisher v4, schema `Document`. */
export const documentTypes = [
  'HOWTO',
  'SAMPLES',
  'PUBLIC_FORUM',
  'SUPPORT_FORUM',
  'API_MESSAGE_FORMAT',
  'SWAGGER_DOC',
  'OTHER',
] as const;
export type DocumentType = (typeof documentTypes)[number];

export const documentSources = ['INLINE', 'MARKDOWN', 'URL', 'FILE'] as const;
export type DocumentSource = (typeof documentSources)[number];

/** OWNER_ONLY: who wrote it and who owns the API; PRIVATE: signed-in people who see the API; API_LEVEL: all who see the API. */
export const documentVisibilities = ['OWNER_ONLY', 'PRIVATE', 'API_LEVEL'] as const;
export type DocumentVisibility = (typeof documentVisibilities)[number];

/** Each API lists all of its documents at once. */
export const mostDocuments = 200;
export const longestDocumentName = 60;

export interface DocumentInput {
  readonly name: string;
  readonly type: DocumentType;
  /** Needed for the type OTHER, dropped for all others. */
  readonly otherTypeName?: string | undefined;
  readonly summary: string;
  readonly sourceType: DocumentSource;
  /** Needed for the source URL, dropped for all others. */
  readonly sourceUrl?: string | undefined;
  readonly visibility: DocumentVisibility;
  /** Text of an INLINE or MARKDOWN document; what is there stays when it is absent. */
  readonly inlineContent?: string | undefined;
}

/** True when the source is text that is written here. */
export function isText(source: DocumentSource): boolean {
  return source === 'INLINE' || source === 'MARKDOWN';
}

export function documentNameProblems(name: string): FieldProblem[] {
  if (name === '' || name.length > longestDocumentName || name !== name.trim() || /\p{Cc}/u.test(name))
    return [{ field: 'name', message: `1 to ${longestDocumentName} characters, no space at the edges, one line.` }];
  return [];
}

/** Rules between the fields of a document. */
export function documentProblems(input: DocumentInput): FieldProblem[] {
  const problems = documentNameProblems(input.name);
  const { type, otherTypeName = '', sourceType, sourceUrl = '', inlineContent = '' } = input;
  if (type === 'OTHER' && (otherTypeName.trim() === '' || otherTypeName.length > longestDocumentName))
    problems.push({
      field: 'otherTypeName',
      message: `Say what kind it is, in 1 to ${longestDocumentName} characters.`,
    });
  if (sourceType === 'URL' && !isWebAddress(sourceUrl))
    problems.push({ field: 'sourceUrl', message: 'Give an absolute http or https address.' });
  if (!isText(sourceType) && inlineContent !== '')
    problems.push({ field: 'inlineContent', message: 'Only documents of the source INLINE or MARKDOWN hold text.' });
  return problems;
}

function isWebAddress(text: string): boolean {
  if (text.length > 2048 || !URL.canParse(text)) return false;
  return ['http:', 'https:'].includes(new URL(text).protocol);
}
