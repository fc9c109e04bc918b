import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@tollgate/base';

/**
 * What the framework itself has to say, as JSON lines. Its errors at start are thrown as well and reported once, by
 * whoever started the app; while running, the error filter reports them with the request.
 */
export function nestLogger(log: Logger): LoggerService {
  const line = (level: 'debug' | 'warn') => (message: unknown, context?: unknown) =>
    log[level]({ event: 'framework.message', context }, String(message));
  return { log: line('debug'), verbose: line('debug'), debug: line('debug'), warn: line('warn'), error: line('debug') };
}
