import { NotFoundError } from '@tollgate/base';
import type { ApiDocument } from './document.entity.js';
import type { DocumentContent } from './document.store.js';

/** The part of an HTTP answer that is written to. */
interface Reply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

/**
 * Headers and bytes of a document's content (contract: `getAPIDocumentContentByDocumentId`). What people have uploaded is
 * never shown by a browser in our origin: a file is an attachment, and text is plain.
 * @returns undefined with 303 for an address
 * @throws NotFoundError when nothing has been written yet
 */
export function sendDocument(reply: Reply, document: ApiDocument, content: DocumentContent | null): Buffer | undefined {
  if (document.sourceType === 'URL') {
    reply.status(303);
    reply.header('location', document.sourceUrl ?? '');
    return undefined;
  }
  if (content === null) throw new NotFoundError('Content of document', document.uuid);
  const isFile = document.sourceType === 'FILE';
  reply.header('content-type', isFile ? content.mediaType : 'text/plain; charset=utf-8');
  reply.header('x-content-type-options', 'nosniff');
  if (isFile)
    reply.header('content-disposition', `attachment; filename*=UTF-8''${quoted(document.fileName ?? 'file')}`);
  return content.bytes;
}

/** RFC 8187 section 3.2.1. */
function quoted(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
