/** Codes of mysql2 and better-sqlite3 that we react to; everything else is unexpected. */
const duplicateCodes = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);
const deadlockCodes = new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'PROTOCOL_CONNECTION_LOST',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'SQLITE_BUSY',
  'SQLITE_FULL',
  'SQLITE_IOERR',
]);

function codeOf(error: unknown): string {
  const shape = error as { code?: unknown; driverError?: { code?: unknown } } | null;
  const code = shape?.driverError?.code ?? shape?.code;
  return typeof code === 'string' ? code : '';
}

/** A unique key already holds this value. */
export function isDuplicateKey(error: unknown): boolean {
  return duplicateCodes.has(codeOf(error));
}

/** This transaction was rolled back to let another one go on; running it again is right. */
export function isDeadlock(error: unknown): boolean {
  return deadlockCodes.has(codeOf(error));
}

/** The database is away, full or busy: the caller may try later. */
export function isConnectionError(error: unknown): boolean {
  return (
    connectionCodes.has(codeOf(error)) ||
    (error instanceof Error &&
      /Connection lost|Can't add new command when connection is in closed state|Queue limit reached|Pool is closed/.test(
        error.message,
      ))
  );
}
