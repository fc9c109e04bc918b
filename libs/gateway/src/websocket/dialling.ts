import type { Socket } from 'node:net';
import type { Exchange } from '../pipeline/exchange.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';
import { withParameter, type ShownCredential } from '../upstream/credentials/credential.js';
import { upstreamTarget } from '../upstream/endpoint.js';
import { failureOf, isUnsent } from '../upstream/failure-codes.js';
import type { UpstreamPools } from '../upstream/pools.js';
import { upstreamRequestHeaders } from '../upstream/request-headers.js';
import type { Target } from '../upstream/targets/target.js';
import type { TargetSet } from '../upstream/targets/target-set.js';
import { refusalOfUpstreamError } from '../upstream/upstream-error.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { HandshakeRefusedError, openUpstream, type OpenUpstream } from './upstream-handshake.js';

export interface DialOptions {
  readonly pools: UpstreamPools;
  readonly connectTimeoutMs: number;
  /** Wait for the answer to a handshake where the endpoint sets none, in milliseconds. */
  readonly headersTimeoutMs: number;
  readonly nowMs: () => number;
  /** Told about every failed attempt, for log and metrics. */
  readonly onFailure: (x: Exchange, error: unknown) => void;
}

/** Exactly one of them comes, unless the attempt is given up. */
export interface DialOutcome {
  readonly opened: (upstream: OpenUpstream, target: Target) => void;
  /** @param refusal `null`: no endpoint is to be called now */
  readonly failed: (refusal: Refusal | null) => void;
}

const mostAttempts = 3;

/**
 * Finds an endpoint that opens a WebSocket. Another one is tried as long as no connection was made; one that was asked
 * and declines is not asked twice. Each WebSocket has a connection of its own.
 */
export class Dialling {
  readonly #tried: Target[] = [];
  #giveUp: () => void = () => undefined;

  constructor(
    private readonly x: Exchange,
    private readonly options: DialOptions,
    private readonly outcome: DialOutcome,
  ) {}

  begin(): void {
    const set = this.x.targets as TargetSet;
    const target = set.pick(this.x, this.options.nowMs(), this.#tried);
    if (target === null) return this.outcome.failed(null);
    this.#tried.push(target);
    this.x.endpoint = target.endpoint;
    this.#dial(target, target.availability.begin());
  }

  /** The client is gone: neither outcome comes any more. */
  giveUp(): void {
    this.#giveUp();
  }

  #dial(target: Target, isTrial: boolean): void {
    const { pools, connectTimeoutMs } = this.options;
    const giveUp = pools.connect(target.endpoint, (error, socket) => {
      clearTimeout(timer);
      if (socket === null) return this.#failed(error as Error, target, isTrial);
      this.#show(socket, target, isTrial);
    });
    const timer = setTimeout(() => {
      giveUp();
      this.#failed(new UpstreamFailure('UPSTREAM_CONNECT_TIMEOUT', 'No connection in time.'), target, isTrial);
    }, connectTimeoutMs);
    this.#giveUp = () => {
      clearTimeout(timer);
      giveUp();
      target.availability.leave(isTrial);
    };
  }

  /** Waits for what the back end asks of its callers, where that has to be fetched first. */
  #show(socket: Socket, target: Target, isTrial: boolean): void {
    const shown = this.x.targets?.credential?.show(this.options.nowMs()) ?? null;
    if (!(shown instanceof Promise)) return this.#shake(socket, target, isTrial, shown);
    let isOver = false;
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    this.#giveUp = () => {
      isOver = true;
      socket.destroy();
      target.availability.leave(isTrial);
    };
    shown.then(
      (settled) => {
        if (!isOver) this.#shake(socket, target, isTrial, settled);
      },
      (error: Error) => {
        socket.destroy();
        if (!isOver) this.#failed(error, target, isTrial);
      },
    );
  }

  #shake(socket: Socket, target: Target, isTrial: boolean, shown: ShownCredential | null): void {
    const { x } = this;
    const { endpoint, record } = target;
    const opening = {
      target: upstreamTarget(endpoint, x.resource, shown?.query ? withParameter(x.query, shown.query) : x.query),
      headers: [...upstreamRequestHeaders(x, endpoint, shown?.header?.[0] ?? null), ...(shown?.header ?? [])],
      protocols: x.upgrade?.protocols ?? [],
    };
    const timeoutMs =
      record.rules?.onTimeout === 'never' ? Infinity : (record.rules?.timeoutMs ?? this.options.headersTimeoutMs);
    const giveUp = openUpstream(socket, opening, timeoutMs, (error, opened) => {
      if (opened === null) return this.#failed(error as Error, target, isTrial);
      const nowMs = this.options.nowMs();
      target.availability.succeeded(isTrial, nowMs);
      const cookie = x.targets?.remember(x, target, nowMs) ?? null;
      if (cookie !== null) x.responseHeaders.push('Set-Cookie', cookie);
      this.outcome.opened(opened, target);
    });
    this.#giveUp = () => {
      giveUp();
      target.availability.leave(isTrial);
    };
  }

  #failed(error: Error, target: Target, isTrial: boolean): void {
    const { x, options } = this;
    options.onFailure(x, error);
    const refusedWith = error instanceof HandshakeRefusedError ? error.status : null;
    const failure = refusedWith === null ? failureOf(error) : { codes: [String(refusedWith)], isStatus: true };
    // An endpoint that declines one caller is no worse for the others.
    if (failure === null || (refusedWith !== null && refusedWith < 500)) target.availability.leave(isTrial);
    else target.availability.failed(failure, isTrial, options.nowMs());
    const mayGoOn = isUnsent(error) && this.#tried.length < mostAttempts;
    if (mayGoOn && x.targets?.pick(x, options.nowMs(), this.#tried)) return this.begin();
    this.outcome.failed(
      error instanceof HandshakeRefusedError
        ? statusRefusal(502, 'Runtime Error', error.message, { code: '101506' })
        : refusalOfUpstreamError(error),
    );
  }
}
