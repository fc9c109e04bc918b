import { applyDecorators, Delete, Get, Head, HttpCode, Patch, Post, Put, SetMetadata } from '@nestjs/common';
import type { ZodType } from 'zod';

export type HttpVerb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

/** How an operation knows its caller. `bearer` asks for one of `scopes`; `optional` serves visitors too; others name a registered scheme. */
export type AuthScheme = 'bearer' | 'optional' | 'public' | (string & {});

export interface OperationOptions {
  readonly method: HttpVerb;
  /** Below the controller's base path, in Nest's form: `/apis/:apiId`. */
  readonly path: string;
  readonly summary: string;
  readonly auth?: AuthScheme;
  /** One of these is enough. Only for `bearer` (the default scheme) and `optional`. */
  readonly scopes?: readonly string[];
  readonly query?: ZodType;
  /** JSON body; without it the body is not looked at. */
  readonly body?: ZodType;
  /** Media types taken besides `application/json` when `body` is absent, for example `multipart/form-data`. */
  readonly consumes?: readonly string[];
  /** Status of success and the shape of its body. */
  readonly status?: number;
  readonly answer?: ZodType;
}

export const operationKey = 'tollgate:operation';

const verbs = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete, HEAD: Head } as const;

/**
 * One REST operation: its route, who may call it, what it takes and what it answers. The guard, the validation and the
 * served OpenAPI document all read it, so that they cannot differ.
 */
export function Operation(options: OperationOptions): MethodDecorator {
  const status = options.status ?? (options.method === 'POST' ? 201 : 200);
  return applyDecorators(
    verbs[options.method](options.path),
    HttpCode(status),
    SetMetadata(operationKey, { ...options, status }),
  );
}
