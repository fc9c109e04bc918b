import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { ApimError, InvalidInputError } from '@tollgate/base';
import type { FastifyRequest } from 'fastify';

/** A part may be this long, whether it comes as a file or as a field. */
export const largestPartBytes = 5_000_000;

/**
 * Text parts of a `multipart/form-data` body, files included: a file is what its field holds, its name is not looked at.
 * Fields that are not among `names` are dropped.
 * @throws ApimError 415 for another media type, 413 for a part that is too large; InvalidInputError for a repeated field
 */
export async function readForm<N extends string>(
  request: FastifyRequest,
  names: readonly N[],
): Promise<Partial<Record<N, string>>> {
  if (!request.isMultipart()) throw notMultipart();
  const form: Partial<Record<N, string>> = {};
  for await (const part of request.parts({
    limits: { fieldSize: largestPartBytes, fileSize: largestPartBytes, files: 2, fields: 20, parts: 22 },
  })) {
    const name = names.find((known) => known === part.fieldname);
    const text = part.type === 'file' ? await textOf(part) : textOfField(part);
    if (name === undefined) continue;
    if (form[name] !== undefined) throw new InvalidInputError([{ field: name, message: 'Send this field once.' }]);
    form[name] = text;
  }
  return form;
}

async function textOf(part: MultipartFile): Promise<string> {
  const bytes = await part.toBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError([{ field: part.fieldname, message: 'The file is not UTF-8 text.' }]);
  }
}

/** @throws ApimError 413 when it was longer than the limit */
export function textOfField(part: MultipartValue): string {
  if (part.valueTruncated) throw tooLarge(part.fieldname);
  return typeof part.value === 'string' ? part.value : JSON.stringify(part.value);
}

export function notMultipart(): ApimError {
  return new ApimError({
    code: 'NOT_MULTIPART',
    status: 415,
    message: 'The body is not multipart/form-data.',
    action: 'Send the parts as multipart/form-data.',
  });
}

function tooLarge(field: string): ApimError {
  return new ApimError({
    code: 'PART_TOO_LARGE',
    status: 413,
    message: `The field "${field.slice(0, 100)}" has more than ${largestPartBytes} bytes.`,
    action: 'Send a smaller one.',
  });
}
