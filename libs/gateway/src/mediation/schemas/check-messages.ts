import type { MessageSchemas, OperationRecord } from '@tollgate/api/contract';
import type { Verdict } from '../../pipeline/verdict.js';
import { statusRefusal } from '../../pipeline/verdict.js';
import { badAnswer, badBody, BodyProblem, readJson } from '../body-policy.js';
import { isJson, mediaTypeOf } from '../media-type.js';
import type { AnswerMessage, Message, RequestMessage } from '../message.js';
import { QueryParameters } from '../policies/query-parameters.js';
import type { PolicyFilters } from '../policy.js';
import type { Check, SchemaBook } from './schema-book.js';

/** `null`: media types that are no JSON are taken without a look into them. */
type Content = readonly (readonly [type: string, check: Check | null])[];

/**
 * Checks requests and answers of one operation against the OpenAPI definition of its API (`enableSchemaValidation` of the
 * publisher contract): requests as their caller sent them, answers as the back end gave them.
 * @throws Error saying what of the definition cannot be checked
 */
export function checkMessages(schemas: MessageSchemas, { target }: OperationRecord, book: SchemaBook): PolicyFilters {
  const parameters = schemas.parameters.map((parameter) => parameterCheck(parameter, target, book));
  const body = schemas.requestBody && {
    isRequired: schemas.requestBody.isRequired,
    content: contentOf(schemas.requestBody.content, (schema) => book.body(schema, 'request')),
  };
  const answers = new Map(
    Object.entries(schemas.responses).map(([status, content]) => [
      status.toUpperCase(),
      contentOf(content, (schema) => book.body(schema, 'answer')),
    ]),
  );
  const contentFor = (message: Message): Content =>
    (isAnswer(message)
      ? (answers.get(String(message.status)) ??
        answers.get(`${Math.floor(message.status / 100)}XX`) ??
        answers.get('DEFAULT'))
      : body?.content) ?? [];
  return {
    takesBody: (message) =>
      isJson(mediaTypeOf(message.fields)) && typeof findCheck(contentFor(message), message) === 'function',
    request(message) {
      for (const check of parameters) {
        const problem = check(message);
        if (problem !== null) return badBody(problem);
      }
      if (body === null) return null;
      const isEmpty = message.body === null ? message.bodyBytes === 0 : message.body.length === 0;
      if (isEmpty) return body.isRequired ? badBody('The definition of the API asks for a body.') : null;
      const check = findCheck(body.content, message);
      if (check === undefined && body.content.length > 0) return otherType(body.content);
      return verdictOf(check, message, badBody);
    },
    response(message) {
      const content = contentFor(message);
      if (content.length === 0 || isWithoutBody(message)) return null;
      const check = findCheck(content, message);
      if (check === undefined) return badAnswer('Its content type is not the one of the definition.');
      return verdictOf(check, message, badAnswer);
    },
  };
}

function isAnswer(message: Message): message is AnswerMessage {
  return 'status' in message;
}

function isWithoutBody({ status, fields }: AnswerMessage): boolean {
  return status === 204 || status === 304 || fields.get('content-length') === '0';
}

function otherType(content: Content): Verdict {
  const types = content.map(([type]) => type).join(', ');
  return statusRefusal(415, 'Unsupported Media Type', `The definition of the API takes bodies of ${types}.`);
}

function verdictOf(
  check: Check | null | undefined,
  { body }: Message,
  refusalFor: (description: string) => Exclude<Verdict, null>,
): Verdict {
  if (!check || body === null) return null;
  try {
    const problem = check(readJson(body));
    return problem === null ? null : refusalFor(`The body does not fit the definition of the API: ${problem.trim()}.`);
  } catch (error) {
    if (!(error instanceof BodyProblem)) throw error;
    return refusalFor(error.message);
  }
}

function contentOf(content: Readonly<Record<string, unknown>>, compile: (schema: unknown) => Check): Content {
  return Object.entries(content).map(([given, schema]) => {
    const type = given.split(';', 1)[0]?.trim() ?? '';
    return [type, isJson(type) || type.endsWith('*') ? compile(schema) : null] as const;
  });
}

/** The most exact entry; `undefined`: none. A range checks what is JSON of it. */
function findCheck(content: Content, { fields }: Message): Check | null | undefined {
  const type = mediaTypeOf(fields);
  const range = `${type.slice(0, type.indexOf('/') + 1)}*`;
  const found = [type, range, '*/*'].flatMap((wanted) => content.filter(([each]) => each === wanted))[0];
  if (found === undefined) return undefined;
  return isJson(type) ? found[1] : null;
}

/** Says what is wrong with one parameter of a request. */
function parameterCheck(
  { in: place, name, isRequired, schema }: MessageSchemas['parameters'][number],
  target: string,
  book: SchemaBook,
): (message: RequestMessage) => string | null {
  const check = book.parameter(schema);
  const valuesOf = readers[place](name, target);
  return (message) => {
    const values = valuesOf(message);
    if (values.length === 0) return isRequired ? `The ${place} parameter "${name}" is needed.` : null;
    const problem = check(values.length === 1 ? values[0] : values);
    return problem === null ? null : `The ${place} parameter "${name}"${problem}.`;
  };
}

/** What is no UTF-8 stays as it was sent. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

type ParameterReader = (name: string, target: string) => (message: RequestMessage) => readonly string[];

const readers: Record<MessageSchemas['parameters'][number]['in'], ParameterReader> = {
  query:
    (name) =>
    ({ query }) =>
      query === '' ? [] : new QueryParameters(query).all(name),
  header(name) {
    const lower = name.toLowerCase();
    // What carries a credential was looked at before, and is not here any more (OpenAPI leaves such parameters out too).
    if (['accept', 'content-type', 'authorization'].includes(lower)) return () => [''];
    return ({ fields }) => {
      const value = fields.get(lower);
      return value === undefined ? [] : [value];
    };
  },
  path(name, target) {
    const at = target.split('/').indexOf(`{${name}}`);
    // A parameter that is only a part of a segment was matched by the operation's path already.
    if (at < 0) return () => [''];
    return ({ resource }) => [decoded(resource.split('/')[at] ?? '')];
  },
};
