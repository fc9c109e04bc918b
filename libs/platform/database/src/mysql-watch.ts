import { safeMessage, UnavailableError, type Logger } from '@tollgate/base';
import { createConnection, type Connection, type PoolConnection } from 'mysql2';
import type { DataSource, QueryRunner } from 'typeorm';
import { eachQueryRunner } from './query-runners.js';

/** How often the server is asked for a sign of life. */
const everyMs = 500;
/**
 * A server that leaves this many in a row unanswered is away. Counted, not timed: a process that was itself frozen for a
 * while has asked only once.
 */
const mostUnanswered = 5;
/** A question that comes later than this shows that this process, or the whole machine, has no time: the server may not either. */
const lateMs = everyMs * 1.5;

/**
 * Of each connection. A row lock that another holds ends the wait of a statement, not of its caller (the server's default
 * is 50 s); a transaction whose process froze in the middle gives its locks back (MariaDB only; a comment to MySQL).
 */
const session = 'SET SESSION innodb_lock_wait_timeout = 3 /*M!100300 , idle_transaction_timeout = 10 */';

interface WatchedRunner extends QueryRunner {
  connect(): Promise<PoolConnection>;
}

/**
 * Notices within about three seconds that a MySQL or MariaDB server no longer answers although its connections stand: frozen,
 * or behind a network that swallows packets. What waits for it then fails at once, instead of for as long as TCP has hope,
 * and what comes later fails without waiting, until the server answers again. Its connections are given up, since nobody
 * knows in which state they are. It asks through one more connection than the pool has.
 */
export class MysqlWatch {
  readonly #connections = new Set<PoolConnection>();
  readonly #waiting = new Set<(away: UnavailableError) => void>();
  #probe: Connection | null = null;
  #unanswered = 0;
  #askedMs = 0;
  #isAway = false;
  #timer: NodeJS.Timeout | null = null;

  /** @param dataSource not connected yet */
  constructor(
    dataSource: DataSource,
    private readonly url: string,
    private readonly log: Logger,
  ) {
    eachQueryRunner(dataSource, (runner) => this.#guard(runner as WatchedRunner));
  }

  /** Call once the data source is connected and the schema is up to date: migrations may take their time. */
  start(): void {
    this.#timer = setInterval(() => this.#ask(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    if (this.#probe) this.#dropProbe(this.#probe);
  }

  #prepare(connection: PoolConnection): void {
    this.#connections.add(connection);
    const forget = (): void => void this.#connections.delete(connection);
    connection.once('end', forget);
    connection.once('error', forget);
    connection.query(session, (error) => {
      if (error) lose(connection, error); // without its limits it is not used
    });
  }

  /** A runner waits for a free connection only while the server answers. */
  #guard(runner: WatchedRunner): void {
    const connect = runner.connect.bind(runner);
    runner.connect = async () => {
      if (this.#isAway) throw away();
      const connecting = connect();
      let giveUp: (error: UnavailableError) => void = () => undefined;
      const gaveUp = new Promise<never>((_, reject) => (giveUp = reject));
      this.#waiting.add(giveUp);
      try {
        const connection = await Promise.race([connecting, gaveUp]);
        if (!this.#connections.has(connection)) this.#prepare(connection);
        return connection;
      } catch (error) {
        // What arrives after its runner was released would never be released by it.
        connecting.then((late) => runner.isReleased && late.release()).catch(() => undefined); // it failed as well: told above
        throw error;
      } finally {
        this.#waiting.delete(giveUp);
      }
    };
  }

  #ask(): void {
    const nowMs = performance.now();
    const isLate = nowMs - this.#askedMs > lateMs;
    this.#askedMs = nowMs;
    if (isLate && this.#unanswered > 0) this.#unanswered--; // that one is not held against the server
    if (this.#unanswered >= mostUnanswered) this.#leave();
    const probe = (this.#probe ??= this.#openProbe());
    this.#unanswered++;
    probe.query('SELECT 1', (error) => {
      if (error) this.#dropProbe(probe);
      if (!error || cameFromServer(error)) this.#answered();
    });
  }

  #openProbe(): Connection {
    const probe = createConnection({ uri: this.url, connectTimeout: everyMs * mostUnanswered });
    probe.on('error', () => this.#dropProbe(probe));
    return probe;
  }

  #dropProbe(probe: Connection): void {
    probe.destroy();
    if (this.#probe === probe) this.#probe = null;
  }

  #answered(): void {
    this.#unanswered = 0;
    if (!this.#isAway) return;
    this.#isAway = false;
    this.log.info({ event: 'database.back' }, 'The database answers again');
  }

  #leave(): void {
    if (this.#probe) this.#dropProbe(this.#probe);
    this.#unanswered = 0;
    const error = away();
    for (const connection of this.#connections) lose(connection, error);
    for (const giveUp of this.#waiting) giveUp(error);
    if (this.#isAway) return;
    this.#isAway = true;
    this.log.error(
      { event: 'database.away', withinMs: everyMs * mostUnanswered },
      'The database no longer answers; requests that need it are refused until it does',
    );
  }
}

/** A refusal, such as "too many connections", is a sign of life too: the connections that stand are not to be given up for it. */
function cameFromServer(error: object): boolean {
  return 'sqlState' in error && typeof error.sqlState === 'string' && error.sqlState !== '';
}

function away(): UnavailableError {
  return new UnavailableError('The database');
}

/** Statements under way on it fail, and the pool forgets it. */
function lose(connection: PoolConnection, reason: Error): void {
  const { stream } = connection as unknown as { stream: { destroy(error: Error): void } };
  stream.destroy(Object.assign(new Error(safeMessage(reason)), { code: 'PROTOCOL_CONNECTION_LOST' }));
}
