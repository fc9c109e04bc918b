import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { InvalidInputError, type FieldProblem } from '@tollgate/base';
import type { FastifyRequest } from 'fastify';
import type { ZodType } from 'zod';
import { operationKey, type OperationOptions } from './operation.js';
import type { RequestState } from './request-state.js';

function optionsOf(context: ExecutionContext): OperationOptions {
  return Reflect.getMetadata(operationKey, context.getHandler()) as OperationOptions;
}

function requestOf(context: ExecutionContext): FastifyRequest & RequestState {
  return context.switchToHttp().getRequest<FastifyRequest & RequestState>();
}

/** `operations[0].verb` from `['operations', 0, 'verb']`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : (i === 0 ? '' : '.') + String(part))).join('');
}

/**
 * Checks a value against its schema; names that the schema does not know are dropped, so they are never applied.
 * @param where put before the field names: `body`, `query`
 * @throws InvalidInputError listing every field at once
 */
export function parseInput<T>(schema: ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems: FieldProblem[] = result.error.issues.map((issue) => ({
    field: fieldName(issue.path) || where,
    message: issue.message,
  }));
  throw new InvalidInputError(problems);
}

/** The validated JSON body of an `@Operation` that names a `body` schema. */
export const Body = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const { body } = optionsOf(context);
  if (!body) throw new Error(`${context.getHandler().name} reads a body without naming its schema`);
  return parseInput(body, requestOf(context).body ?? {}, 'body');
});

/** The validated query of an `@Operation` that names a `query` schema. A parameter given twice arrives as an array and is refused by scalar schemas. */
export const Query = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const { query } = optionsOf(context);
  if (!query) throw new Error(`${context.getHandler().name} reads the query without naming its schema`);
  return parseInput(query, { ...(requestOf(context).query as object) }, 'query');
});

/** The `RequestContext` of this request: organization, caller, correlation id. */
export const Ctx = createParamDecorator(
  (_: unknown, context: ExecutionContext): unknown => requestOf(context).tollgate,
);

/**
 * Version number from `If-Match: "7"`; undefined when the header is absent or `*`.
 * @throws InvalidInputError for anything else
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number | undefined => {
  const header = requestOf(context).headers['if-match'];
  if (header === undefined || header === '*') return undefined;
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header)?.[1];
  if (version === undefined)
    throw new InvalidInputError([
      { field: 'If-Match', message: 'Send the ETag of your last read, or leave the header out.' },
    ]);
  return Number(version);
});
