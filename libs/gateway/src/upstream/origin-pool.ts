import type { Socket } from 'node:net';
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
  connect(origin: URL, callback: (error: Error | null, socket: Socket | null) => void): () => void;
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

/**
 * The connections to one origin. The one that was used last is taken first, so that the others get old and end. A call
 * that finds none opens one; beyond the most connections it waits, and beyond as many waiting ones it fails at once.
 */
export class OriginPool implements ConnectionOwner {
  readonly #idle: UpstreamConnection[] = [];
  readonly #all = new Set<UpstreamConnection>();
  readonly #waiting: WaitingCall[] = [];
  readonly #attempts = new Set<() => void>();
  readonly #origin: URL;
  #isClosed = false;

  /** @param origin `https://host:port` */
  constructor(
    origin: string,
    private readonly host: PoolHost,
  ) {
    this.#origin = new URL(origin);
  }

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
    if (this.#all.size + this.#attempts.size < this.host.maxConnections) this.#open();
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
    if (this.#waiting.length > this.#attempts.size && this.#all.size + this.#attempts.size < this.host.maxConnections) {
      this.#open();
    }
  }

  /** Called every now and then: ends what takes too long and what is old. */
  checkTimes(): void {
    const now = this.clockMs;
    for (const connection of this.#all) connection.checkTime();
    for (const connection of this.#idle.filter(({ freeSinceMs }) => now - freeSinceMs >= this.host.keepAliveMs)) {
      this.onGone(connection);
      connection.close();
    }
    while (this.#waiting.length > 0 && now - (this.#waiting[0] as WaitingCall).sinceMs >= this.host.connectTimeoutMs) {
      this.#waiting.shift()?.fail(new UpstreamFailure('UPSTREAM_CONNECT_TIMEOUT', 'No connection was made in time.'));
    }
    if (this.#waiting.length === 0) for (const giveUp of this.#attempts) giveUp();
  }

  /** Takes no more calls; what runs finishes. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#idle.splice(0)) this.#drop(connection);
  }

  destroy(): void {
    this.close();
    for (const giveUp of this.#attempts) giveUp();
    for (const waiting of this.#waiting.splice(0))
      waiting.fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The gateway stops.'));
    for (const connection of this.#all) connection.abort();
  }

  #open(): void {
    let giveUp = (): void => undefined;
    let isOver = false;
    const done = (error: Error | null, socket: Socket | null): void => {
      isOver = true;
      this.#attempts.delete(giveUp);
      if (socket === null) return this.#nextWaiting()?.fail(error as Error);
      const connection = new UpstreamConnection(socket, this);
      this.#all.add(connection);
      this.onFree(connection);
    };
    const stop = this.host.connect(this.#origin, done);
    if (isOver) return;
    giveUp = (): void => {
      this.#attempts.delete(giveUp);
      stop();
    };
    this.#attempts.add(giveUp);
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
