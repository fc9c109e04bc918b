import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ApimError, safeMessage, type Logger } from '@tollgate/base';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { challenge } from './authentication.js';
import { ErrorShapeRegistry } from './error-shapes.js';
import { httpLogger } from './tokens.js';

/** Of an error body whose shape names none. */
export const contractContentType = 'application/json; charset=utf-8';

const actions: Record<number, string> = {
  404: 'Check the path and the method against the OpenAPI document of this surface.',
  413: 'Send a smaller body.',
  415: 'Send the body in a media type that this operation takes, usually application/json.',
};

/** Turns Nest's, Fastify's and unknown errors into ours. A stack or a driver's message never leaves the process. */
export function toApimError(error: unknown): ApimError {
  if (error instanceof ApimError) return error;
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : Number((error as { statusCode?: unknown } | null)?.statusCode ?? 500);
  if (status >= 400 && status < 500) {
    const message = status === 404 ? 'There is nothing here.' : sentence(safeMessage(error));
    return new ApimError({
      code: `HTTP_${status}`,
      status,
      message,
      action: actions[status] ?? 'Correct the request and send it again.',
      cause: error,
    });
  }
  return new ApimError({
    code: 'INTERNAL',
    status: 500,
    message: 'Something went wrong on our side.',
    action: 'Try again; if it stays, give the operator the value of the header X-Request-Id.',
    cause: error,
  });
}

/** Fastify's messages have no full stop, and an action follows. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    @Inject(httpLogger) private readonly log: Logger,
    private readonly shapes: ErrorShapeRegistry,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toApimError(thrown);
    if (error.status >= 500) this.report(error, thrown, request);
    const path = request.url.split('?')[0] ?? '/';
    const wire = this.shapes.forPath(path)(error, request);
    if (wire.status === 401 && !reply.hasHeader('www-authenticate'))
      challenge(reply, wire.challenge ?? (/^Basic /i.test(request.headers.authorization ?? '') ? 'Basic' : 'Bearer'));
    if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', String(error.retryAfterSeconds));
    void reply
      .header('content-type', wire.contentType ?? contractContentType)
      .status(wire.status)
      .send(wire.body);
  }

  private report(error: ApimError, thrown: unknown, request: FastifyRequest): void {
    const cause = error.cause ?? thrown;
    const stack = cause instanceof Error ? cause.stack : undefined;
    this.log.error(
      {
        event: 'http.failed',
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: error.status,
        reason: safeMessage(cause),
        ...(error.status === 500 && stack ? { stack } : {}),
      },
      'A request failed',
    );
  }
}
