import type { Socket } from 'node:net';
import type { Destination } from './connector.js';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from './upstream-call.js';
import { UpstreamConnection, type ConnectionOwner } from './upstream-connection.js';
import { UpstreamFailure } from './upstream-failure.js';

/** What the pools of one gateway share. */
export interface PoolHost {
  /** Milliseconds of a coarse clock that stands still while the process was kept from looking at its sockets. */
  readonly clockMs: number;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly maxConnections: number;
  /** Begins to connect; the callback comes once. Gives a function that gives the attempt up. */
  connect(destination: Destination, callback: (error: Error | null, socket: Socket | null) => void): () => void;
}

/** A call that waits for a connection. */
class WaitingCall implements UpstreamCall {
  call: UpstreamCall | null = null;
  isOver = false;

  constructor(
    readonly request: UpstreamRequest,
    readonly handler: UpstreamHandler,
    readonly sinceMs: number,
  ) {}

  abort(): void {
    if (this.call !== null) return this.call.abort();
    this.fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The client went away.'));
  }

  resume(): void {
    this.call?.resume();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.handler.onError(error);
  }
}

/** A connection on its way. */
interface Attempt {
  readonly sinceMs: number;
  giveUp(): void;
}

/**
 * The connections to one origin. The one that was used last is taken first, so that the others get old and end. A call
 * that finds none opens one; beyond the most connections it waits, and beyond as many waiting ones it fails at once. Each
 * attempt to connect has a deadline of its own. One that fails ends the call that waits longest, which may then go to
 * another back end, and the next attempt begins for those that are left.
 */
export class OriginPool implements ConnectionOwner {
  readonly #idle: UpstreamConnection[] = [];
  readonly #all = new Set<UpstreamConnection>();
  readonly #waiting: WaitingCall[] = [];
  readonly #attempts = new Set<Attempt>();
  #isClosed = false;

  constructor(
    private readonly destination: Destination,
    private readonly host: PoolHost,
  ) {}

  get clockMs(): number {
    return this.host.clockMs;
  }

  /** Whether nothing runs or waits here. */
  get isEmpty(): boolean {
    return this.#all.size + this.#waiting.length + this.#attempts.size === 0;
  }

  dispatch(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall {
    const kept = this.#idle.pop();
    if (kept !== undefined) {
      kept.send(request, handler);
      return kept;
    }
    const waiting = new WaitingCall(request, handler, this.clockMs);
    if (this.#waiting.length >= this.host.maxConnections) {
      queueMicrotask(() =>
        waiting.fail(new UpstreamFailure('UPSTREAM_BUSY', 'Too many calls wait for this back end.')),
      );
      return waiting;
    }
    this.#waiting.push(waiting);
    this.#openForWaiting();
    return waiting;
  }

  onFree(connection: UpstreamConnection): void {
    const next = this.#nextWaiting();
    if (next !== undefined) this.#give(connection, next);
    else if (this.#isClosed) this.#drop(connection);
    else this.#idle.push(connection);
  }

  onGone(connection: UpstreamConnection): void {
    if (!this.#all.delete(connection)) return;
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#openForWaiting();
  }

  /** Called every now and then: ends what takes too long and what is old. */
  checkTimes(): void {
    const now = this.clockMs;
    for (const connection of this.#all) connection.checkTime();
    for (const connection of this.#idle.filter(({ freeSinceMs }) => now - freeSinceMs >= this.host.keepAliveMs)) {
      this.onGone(connection);
      connection.close();
    }
    const { connectTimeoutMs } = this.host;
    for (const attempt of this.#attempts) {
      const isLate = now - attempt.sinceMs >= connectTimeoutMs;
      if (!isLate && this.#waiting.length > 0) continue;
      attempt.giveUp();
      if (isLate) this.#nextWaiting()?.fail(connectTimeout());
    }
    while (this.#waiting.length > 0 && now - (this.#waiting[0] as WaitingCall).sinceMs >= connectTimeoutMs) {
      this.#waiting.shift()?.fail(connectTimeout());
    }
    this.#openForWaiting();
  }

  /** Takes no more calls; what runs finishes. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#idle.splice(0)) this.#drop(connection);
  }

  destroy(): void {
    this.close();
    for (const attempt of this.#attempts) attempt.giveUp();
    for (const waiting of this.#waiting.splice(0))
      waiting.fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The gateway stops.'));
    for (const connection of this.#all) connection.abort();
  }

  /** One attempt for each call that waits, as far as there is room. */
  #openForWaiting(): void {
    const { maxConnections } = this.host;
    while (this.#waiting.length > this.#attempts.size && this.#all.size + this.#attempts.size < maxConnections) {
      if (!this.#open()) return;
    }
  }

  /** Gives whether the attempt is under way. */
  #open(): boolean {
    let stop = (): void => undefined;
    const attempt: Attempt = {
      sinceMs: this.clockMs,
      giveUp: () => {
        this.#attempts.delete(attempt);
        stop();
      },
    };
    this.#attempts.add(attempt);
    stop = this.host.connect(this.destination, (error, socket) => {
      this.#attempts.delete(attempt);
      if (socket !== null) return this.#take(socket);
      this.#nextWaiting()?.fail(error as Error);
      this.#openForWaiting();
    });
    return this.#attempts.has(attempt);
  }

  #take(socket: Socket): void {
    const connection = new UpstreamConnection(socket, this);
    this.#all.add(connection);
    this.onFree(connection);
  }

  #give(connection: UpstreamConnection, waiting: WaitingCall): void {
    waiting.call = connection;
    waiting.isOver = true;
    connection.send(waiting.request, waiting.handler);
  }

  #nextWaiting(): WaitingCall | undefined {
    let next = this.#waiting.shift();
    while (next?.isOver) next = this.#waiting.shift();
    return next;
  }

  #drop(connection: UpstreamConnection): void {
    this.#all.delete(connection);
    connection.close();
  }
}

function connectTimeout(): UpstreamFailure {
  return new UpstreamFailure('UPSTREAM_CONNECT_TIMEOUT', 'No connection was made in time.');
}
