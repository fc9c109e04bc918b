import type { ApimError } from '@tollgate/base';

export interface WireError {
  readonly status: number;
  readonly body: unknown;
  readonly contentType?: string;
}

/** Makes the wire shape that one surface promises. */
export type ErrorShape = (error: ApimError) => WireError;

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

/** Error shapes by path prefix; the longest prefix wins, `contractError` is for everything else. */
export class ErrorShapeRegistry {
  private readonly shapes: { prefix: string; shape: ErrorShape }[] = [];

  register(prefix: string, shape: ErrorShape): void {
    this.shapes.push({ prefix, shape });
    this.shapes.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  forPath(path: string): ErrorShape {
    return this.shapes.find((entry) => path.startsWith(entry.prefix))?.shape ?? contractError;
  }
}
