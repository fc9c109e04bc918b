import { pino, type Logger as PinoLogger, type DestinationStream } from 'pino';

export type Logger = PinoLogger;

/** Names of fields whose values never reach a log, at any depth that our events use. */
const secretFields = [
  'password',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'consumerSecret',
  'clientSecret',
  'authorization',
  'apikey',
  'apiKey',
  'body',
];
const redactedPaths = secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * JSON lines on standard output or in a file: `log.info({ event: 'api.deployed', apiId, durationMs }, 'API deployed')`.
 * `error` means somebody acts now, `warn` heals by itself, `info` is one line per business event.
 */
export function createLogger(
  options: { level: string; node: string },
  destination?: DestinationStream | string,
): Logger {
  return pino(
    {
      level: options.level,
      base: { node: options.node },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    typeof destination === 'object'
      ? destination
      : pino.destination({ dest: destination ?? 1, sync: false, mkdir: true }),
  );
}

/** The message of an error with any URL password removed: broker and database clients put their URL into messages. */
export function safeMessage(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.replaceAll(/(\w+:\/\/[^\s:/@]+):[^\s@/]+@/g, '$1:***@');
}
