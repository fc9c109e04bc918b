import type { ApimError } from '@tollgate/base';
import type { FastifyRequest } from 'fastify';

export interface WireError {
  readonly status: number;
  readonly body: unknown;
  readonly contentType?: string;
  /** What a 401 asks for; default: what the request has tried, else a bearer token. */
  readonly challenge?: 'Basic' | 'Bearer';
}

/** Makes the wire shape that one surface promises. The request says in which language its sender reads. */
export type ErrorShape = (error: ApimError, request: Pick<FastifyRequest, 'headers'>) => WireError;

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** `Error` of the publisher, devportal and admin contracts. */
export const contractError: ErrorShape = (error) => ({
  status: error.status,
  body: {
    code: error.wireCode ?? error.status,
    message: titles[error.status] ?? 'Error',
    description: [error.message, error.action].filter(Boolean).join(' '),
    moreInfo: '',
    error: error.fields.map((field) => ({ code: field.field, message: field.message })),
  },
});

/**
 * Error shapes by path. A prefix serves everything below it and the longest wins; a pattern is for surfaces that also
 * live below a variable segment (`/^\/t\/[^/]+\/oauth2/`) and goes before every prefix. `contractError` is for the rest.
 */
export class ErrorShapeRegistry {
  private readonly prefixes: { prefix: string; shape: ErrorShape }[] = [];
  private readonly patterns: { pattern: RegExp; shape: ErrorShape }[] = [];

  register(path: string | RegExp, shape: ErrorShape): void {
    if (typeof path !== 'string') {
      this.patterns.push({ pattern: path, shape });
      return;
    }
    this.prefixes.push({ prefix: path, shape });
    this.prefixes.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  forPath(path: string): ErrorShape {
    const found =
      this.patterns.find((entry) => entry.pattern.test(path)) ??
      this.prefixes.find((entry) => path.startsWith(entry.prefix));
    return found?.shape ?? contractError;
  }
}
