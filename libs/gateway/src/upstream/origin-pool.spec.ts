import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Destination } from './connector.js';
import { OriginPool, type PoolHost } from './origin-pool.js';
import type { UpstreamRequest } from './upstream-call.js';
import { codeOf } from './upstream-error.js';

const request: UpstreamRequest = {
  method: 'GET',
  target: '/',
  headers: ['host', 'a'],
  body: null,
  bodyBytes: 0,
  headersTimeoutMs: 1_000,
  idleTimeoutMs: 60_000,
};

type Answer = (error: Error | null, socket: Socket | null) => void;

/** A network in which each attempt ends when the test says so. */
class SlowNetwork implements PoolHost {
  clockMs = 0;
  readonly connectTimeoutMs = 100;
  readonly keepAliveMs = 1_000;
  readonly attempts: { readonly answer: Answer; isGivenUp: boolean }[] = [];

  constructor(readonly maxConnections: number) {}

  connect(_destination: Destination, answer: Answer): () => void {
    const attempt = { answer, isGivenUp: false };
    this.attempts.push(attempt);
    return () => void (attempt.isGivenUp = true);
  }
}

function callOn(pool: OriginPool): { outcome: string } {
  const call = { outcome: 'waits' };
  pool.dispatch(request, {
    onHead: (status) => void (call.outcome = String(status)),
    onData: () => true,
    onEnd: () => undefined,
    onError: (error) => void (call.outcome = codeOf(error)),
  });
  return call;
}

const refused = (): Error => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

/** A connection to a server that gives that answer to everything. */
async function socketTo(answer: string): Promise<Socket> {
  const server = createServer((peer) => peer.on('data', () => peer.write(answer)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  sockets.push(socket);
  server.close();
  return socket;
}

/** A pool for two connections, of which one is in use for good. */
async function halfUsedPool(): Promise<{ pool: OriginPool; network: SlowNetwork }> {
  const network = new SlowNetwork(2);
  const pool = new OriginPool({ origin: 'http://a', pool: 'http://a', tls: null }, network);
  const longCall = callOn(pool);
  network.attempts[0]?.answer(null, await socketTo('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'));
  await expect.poll(() => longCall.outcome).toBe('200');
  network.attempts.length = 0;
  return { pool, network };
}

describe('a pool of connections to one back end', () => {
  it('opens the next attempt for whoever still waits when one fails', async () => {
    const { pool, network } = await halfUsedPool();
    const first = callOn(pool);
    const second = callOn(pool);
    expect(network.attempts).toHaveLength(1);
    network.attempts[0]?.answer(refused(), null);
    expect([first.outcome, second.outcome]).toEqual(['ECONNREFUSED', 'waits']);
    expect(network.attempts).toHaveLength(2);
    network.attempts[1]?.answer(null, await socketTo('HTTP/1.1 204 No Content\r\n\r\n'));
    await expect.poll(() => second.outcome).toBe('204');
  });

  it('gives an attempt up at its own deadline and begins another for a call that came later', async () => {
    const { pool, network } = await halfUsedPool();
    const early = callOn(pool);
    network.clockMs = 60;
    const late = callOn(pool);
    network.clockMs = 110;
    pool.checkTimes();
    expect(early.outcome).toBe('UPSTREAM_CONNECT_TIMEOUT');
    expect(network.attempts.map(({ isGivenUp }) => isGivenUp)).toEqual([true, false]);
    expect(late.outcome).toBe('waits');
    network.clockMs = 170;
    pool.checkTimes();
    expect(late.outcome).toBe('UPSTREAM_CONNECT_TIMEOUT');
  });

  it('leaves nothing behind when nobody waits any more', () => {
    const network = new SlowNetwork(4);
    const pool = new OriginPool({ origin: 'http://a', pool: 'http://a', tls: null }, network);
    callOn(pool);
    network.clockMs = 200;
    pool.checkTimes();
    pool.checkTimes();
    expect(pool.isEmpty).toBe(true);
  });
});
