/** Codes of mysql2 and better-sqlite3 that we react to; everything else is unexpected. */
const duplicateCodes = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);
const deadlockCodes = new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);
/** What is to be said of the database; all of it may pass by itself. */
const unavailableCodes: Readonly<Record<string, readonly string[]>> = {
  'cannot be reached at the moment': [
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'EPIPE',
    'EHOSTUNREACH',
    'ENOTFOUND',
    'PROTOCOL_CONNECTION_LOST',
    'ER_CONNECTION_KILLED',
    'ER_CON_COUNT_ERROR',
    'ER_SERVER_SHUTDOWN',
  ],
  'is busy: another change holds what this one needs': ['ER_LOCK_WAIT_TIMEOUT', 'SQLITE_BUSY'],
  'has no room left on its disk': ['ER_DISK_FULL', 'ER_ERROR_ON_WRITE', 'ER_RECORD_FILE_FULL', 'SQLITE_FULL'],
  'cannot write at the moment': ['ER_OPTION_PREVENTS_STATEMENT', 'ER_READ_ONLY_MODE', 'SQLITE_IOERR'],
};
const stateOfCode = new Map(
  Object.entries(unavailableCodes).flatMap(([state, codes]) => codes.map((code) => [code, state] as const)),
);
/** Errors of mysql2 without a code. */
const lostConnection = /Connection lost|Can't add new command when connection is in closed state|Pool is closed/;
const fullQueue = /Queue limit reached/;

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

/** How the database is, to follow its name in a sentence, when it is away, full or busy; null for any other error. */
export function unavailability(error: unknown): string | null {
  const state = stateOfCode.get(codeOf(error));
  if (state !== undefined) return state;
  const message = error instanceof Error ? error.message : '';
  if (lostConnection.test(message)) return 'cannot be reached at the moment';
  return fullQueue.test(message) ? 'has too many requests waiting' : null;
}
