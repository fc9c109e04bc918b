import { ApimError, JsonTextError, parseStrictJson } from '@tollgate/base';
import type { FastifyInstance } from 'fastify';

/** A form body as received, so that repeated parameters stay visible (RFC 6749 section 3.2). */
export type FormBody = URLSearchParams;

/**
 * JSON is read strictly, forms stay `URLSearchParams`, an empty body is no body whatever its type says, and every other
 * media type is 415 unless a plugin (multipart) takes it.
 */
export function installBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', async (request) => {
    const coding = request.headers['content-encoding'];
    if (coding !== undefined && coding.toLowerCase() !== 'identity') throw encoded();
  });
  for (const type of ['application/json', 'application/scim+json', 'application/merge-patch+json'])
    fastify.addContentTypeParser(type, { parseAs: 'string' }, (_request, text: string, done) => {
      if (text === '') return done(null, undefined);
      try {
        done(null, parseStrictJson(text));
      } catch (error) {
        done(malformed(error as JsonTextError));
      }
    });
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, text: string, done) => done(null, new URLSearchParams(text)),
  );
}

/** Reading a compressed body as it is would store what nobody meant. */
function encoded(): ApimError {
  return new ApimError({
    code: 'ENCODED_BODY',
    status: 415,
    message: 'A body with a Content-Encoding is not taken.',
    action: 'Send it uncompressed.',
  });
}

function malformed(error: JsonTextError): ApimError {
  return new ApimError({
    code: 'MALFORMED_JSON',
    status: 400,
    wireCode: 900300,
    message: `The body is not valid JSON: ${error.message}.`,
    action: 'Correct that place and send it again.',
    fields: [{ field: 'body', message: error.message }],
  });
}
