import type { Socket } from 'node:net';
import type { HealthCheckRecord } from '@tollgate/api/contract';
import type { Logger } from '@tollgate/base';
import type { CompiledEndpoint } from '../../pipeline/compiled-api.js';
import type { Destination } from '../connector.js';
import { UpstreamConnection } from '../upstream-connection.js';
import { codeOf } from '../upstream-error.js';
import type { Health } from './target.js';

export interface ProberOptions {
  /** Begins to connect; the callback comes once. Gives a function that gives the attempt up. */
  connect(destination: Destination, callback: (error: Error | null, socket: Socket | null) => void): () => void;
  readonly nowMs: () => number;
  readonly log: Logger;
}

/** What one probe found. */
type Finding = 'good' | 'bad status' | 'no connection';

/**
 * Asks endpoints whether they are well: one prober per node, one probe per endpoint and check however many APIs have them.
 * Each probe makes a connection of its own, because a kept one says nothing about the next.
 */
export class HealthProber {
  readonly #probes = new Map<string, Probe>();

  constructor(private readonly options: ProberOptions) {}

  /** Begins to check an endpoint unless it is checked already. */
  healthOf(endpoint: CompiledEndpoint, check: HealthCheckRecord): Health {
    const key = JSON.stringify([endpoint.pool, check]);
    let probe = this.#probes.get(key);
    if (probe === undefined) {
      probe = new Probe(endpoint, check, this.options);
      this.#probes.set(key, probe);
    }
    return probe;
  }

  /** Ends the checks that no endpoint needs any more. */
  keepOnly(used: ReadonlySet<Health>): void {
    for (const [key, probe] of this.#probes) {
      if (used.has(probe)) continue;
      probe.stop();
      this.#probes.delete(key);
    }
  }

  stop(): void {
    this.keepOnly(new Set());
  }

  stats(): { readonly checked: number; readonly unwell: number } {
    const unwell = [...this.#probes.values()].filter(({ isWell }) => !isWell).length;
    return { checked: this.#probes.size, unwell };
  }
}

class Probe implements Health {
  isWell = true;
  wellSinceMs = 0;
  #successes = 0;
  #httpFailures = 0;
  #tcpFailures = 0;
  #timer: NodeJS.Timeout;
  #giveUp: () => void = () => undefined;
  #isStopped = false;

  constructor(
    private readonly endpoint: CompiledEndpoint,
    private readonly check: HealthCheckRecord,
    private readonly options: ProberOptions,
  ) {
    // Gateways that start together do not ask together.
    this.#timer = this.#after(Math.random() * Math.min(check.healthyIntervalMs, 1_000));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#giveUp();
  }

  #after(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#ask(), ms).unref();
  }

  #ask(): void {
    let isOver = false;
    const finish = (finding: Finding, reason: string): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(patience);
      this.#giveUp();
      this.#giveUp = () => undefined;
      if (!this.#isStopped) this.#found(finding, reason);
    };
    const patience = setTimeout(() => finish('no connection', 'no answer in time'), this.check.timeoutMs).unref();
    const stopConnecting = this.options.connect(this.endpoint, (error, socket) => {
      if (isOver || this.#isStopped) return void socket?.destroy();
      if (socket === null) return finish('no connection', codeOf(error) || String(error));
      this.#giveUp = () => socket.destroy();
      if (this.check.type === 'http') return this.#request(socket, finish);
      socket.on('error', () => undefined);
      finish('good', '');
    });
    if (!isOver) this.#giveUp = stopConnecting;
  }

  #request(socket: Socket, finish: (finding: Finding, reason: string) => void): void {
    const nobody = { clockMs: 0, onFree: () => undefined, onGone: () => undefined };
    const connection = new UpstreamConnection(socket, nobody);
    this.#giveUp = () => connection.close();
    connection.send(
      {
        method: 'GET',
        target: this.check.path,
        headers: ['host', this.endpoint.host, 'user-agent', 'tollgate-health-check'],
        body: null,
        bodyBytes: 0,
        headersTimeoutMs: Infinity,
        idleTimeoutMs: Infinity,
      },
      {
        onHead: (status) =>
          this.check.unhealthyStatuses.includes(status) ? finish('bad status', String(status)) : finish('good', ''),
        onData: () => true,
        onEnd: () => undefined,
        onError: (error) => finish('no connection', codeOf(error) || String(error)),
      },
    );
  }

  #found(finding: Finding, reason: string): void {
    this.#successes = finding === 'good' ? this.#successes + 1 : 0;
    this.#httpFailures = finding === 'bad status' ? this.#httpFailures + 1 : 0;
    this.#tcpFailures = finding === 'no connection' ? this.#tcpFailures + 1 : 0;
    const { successes, httpFailures, tcpFailures, healthyIntervalMs, unhealthyIntervalMs } = this.check;
    if (this.isWell && (this.#httpFailures >= httpFailures || this.#tcpFailures >= tcpFailures))
      this.#turn(false, reason);
    else if (!this.isWell && this.#successes >= successes) this.#turn(true, reason);
    // A first failure is looked at more closely at once.
    const isSure = this.isWell && finding === 'good';
    this.#timer = this.#after(isSure ? healthyIntervalMs : Math.min(healthyIntervalMs, unhealthyIntervalMs));
  }

  #turn(isWell: boolean, reason: string): void {
    this.isWell = isWell;
    if (isWell) this.wellSinceMs = this.options.nowMs();
    const { origin } = this.endpoint;
    if (isWell)
      this.options.log.info({ event: 'gateway.endpoint.well', origin }, 'An endpoint answers its checks again');
    else this.options.log.warn({ event: 'gateway.endpoint.unwell', origin, reason }, 'An endpoint fails its checks');
  }
}
