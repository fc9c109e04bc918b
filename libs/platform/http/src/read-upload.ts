import { InvalidInputError } from '@tollgate/base';
import type { FastifyRequest } from 'fastify';
import { largestPartBytes, notMultipart, textOfField } from './read-form.js';

/** A file as it was sent. */
export interface Upload {
  /** Last part of its path; `file` when the sender did not say. */
  readonly name: string;
  /** As the sender says it; `application/octet-stream` when that is no media type. */
  readonly mediaType: string;
  readonly bytes: Buffer;
}

const mediaTypeForm = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/;

/**
 * Of a `multipart/form-data` body: the file in one part, bytes as they are, and the text in another; others are dropped.
 * @throws ApimError 415 for another media type, 413 for a part that is too large; InvalidInputError for a repeated part
 */
export async function readUpload(
  request: FastifyRequest,
  fileName: string,
  textName: string,
): Promise<{ file?: Upload; text?: string }> {
  if (!request.isMultipart()) throw notMultipart();
  const limits = { fieldSize: largestPartBytes, fileSize: largestPartBytes, files: 2, fields: 20, parts: 22 };
  const found: { file?: Upload; text?: string } = {};
  for await (const part of request.parts({ limits })) {
    if (part.type === 'file') {
      const bytes = await part.toBuffer();
      if (part.fieldname !== fileName) continue;
      if (found.file) throw repeated(fileName);
      found.file = { name: baseName(part.filename), mediaType: mediaTypeOf(part.mimetype), bytes };
    } else if (part.fieldname === textName) {
      if (found.text !== undefined) throw repeated(textName);
      found.text = textOfField(part);
    }
  }
  return found;
}

function baseName(name: string | undefined): string {
  const last =
    (name ?? '')
      .split(/[/\\]/)
      .at(-1)
      ?.replaceAll(/\p{Cc}/gu, '') ?? '';
  return last === '' ? 'file' : last.slice(0, 255);
}

function mediaTypeOf(said: string): string {
  return mediaTypeForm.test(said) ? said : 'application/octet-stream';
}

function repeated(field: string): InvalidInputError {
  return new InvalidInputError([{ field, message: 'Send this part once.' }]);
}
