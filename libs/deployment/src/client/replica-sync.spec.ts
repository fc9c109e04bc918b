import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createLogger, systemClock } from '@tollgate/base';
import { InProcessTransport, type HubMessage } from '@tollgate/event-hub';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Replica, ReplicaSync, type NumberedChange, type ReplicaSyncOptions } from '../domain/index.js';
import { ModelControlPlane, specSchemas } from '../domain/replica-rig.js';
import { etagOf } from '../contract/index.js';
import { DiskCopy } from './disk-copy.js';
import { HttpControlPlane } from './http-control-plane.js';
import { hubChangeFeed } from './hub-change-feed.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const within = { timeout: 5_000, interval: 10 };
const credentials = { username: 'hub', password: 'secret' };

let dir: string;
let model: ModelControlPlane;
let hub: InProcessTransport;
let server: Server;
let asked: string[];
/** Answers a request in its own way; false lets the model answer. */
let fault: (path: string, response: ServerResponse) => boolean | Promise<boolean>;
let sync: ReplicaSync<typeof specSchemas>;
let client: HttpControlPlane;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'replica-sync-'));
  model = new ModelControlPlane();
  hub = new InProcessTransport(log);
  asked = [];
  fault = () => false;
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await sync.stop();
  await client.close();
  await hub.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://x');
  const path = url.pathname.replace('/internal/data/v1', '');
  asked.push(path);
  if (request.headers.authorization !== `Basic ${btoa('hub:secret')}`) return void response.writeHead(401).end();
  if (await fault(path, response)) return;
  if (path === '/state') return send(response, model.state());
  if (path === '/changes') {
    const gone = url.searchParams.get('epoch') !== model.epoch;
    return gone
      ? void response.writeHead(410).end()
      : send(response, model.changes(Number(url.searchParams.get('since'))));
  }
  if (request.headers['if-none-match'] === etagOf(model.state())) return void response.writeHead(304).end();
  send(response, model.snapshot());
}

function send(response: ServerResponse, body: object): void {
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
    .end(gzipSync(JSON.stringify(body)));
}

function makeSync(more: Partial<ReplicaSyncOptions<typeof specSchemas>> = {}, urls: string[] = []): void {
  const replica = new Replica({ schemas: specSchemas, onProblem: () => undefined });
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/`;
  client = new HttpControlPlane({ baseUrls: [...urls, own], credentials, timeoutMs: 1_000 });
  const feed = hubChangeFeed({ transports: [hub], subscriber: 'gateway-1' });
  const times = { compareEveryMs: 200, gapWaitMs: 50, staleAfterMs: 1_000, longestRetryMs: 200 };
  sync = new ReplicaSync({
    replica,
    controlPlane: client,
    feed,
    disk: new DiskCopy(dir),
    log,
    clock: systemClock,
    ...times,
    ...more,
  });
}

async function publish({ seq, change }: NumberedChange): Promise<void> {
  const message: HubMessage = {
    id: `m${seq}`,
    seq,
    type: 'TEST',
    organization: 'carbon.super',
    at: 1,
    publisher: 'cp',
    data: change,
  };
  await hub.publish('notification', [message]);
}

async function isEqual(): Promise<void> {
  await vi.waitFor(() => expect(sync.replica.state).toEqual(model.state()), within);
}

describe('replica sync', () => {
  it('subscribes first, so that a change made while the snapshot is on its way is not missed', async () => {
    model.write('subscription', 's', { n: 1 });
    fault = async (path, response) => {
      if (path !== '/snapshot' || asked.filter((p) => p === path).length > 1) return false;
      const old = model.snapshot();
      await publish(model.write('subscription', 's', { n: 2 }));
      await new Promise((resolve) => setTimeout(resolve, 50));
      send(response, old);
      return true;
    };
    makeSync({ compareEveryMs: 60_000 });
    await sync.start();
    await sync.whenReady();
    await isEqual();
    expect(asked).toEqual(['/snapshot']);
    expect(sync.status()).toMatchObject({
      ready: true,
      stale: false,
      source: 'control-plane',
      seq: 2,
      healedGaps: 0,
      lastError: '',
    });
  });

  it('fetches a change that the hub lost, as soon as a later one shows the gap, and counts it', async () => {
    makeSync({ compareEveryMs: 60_000 });
    await sync.start();
    await sync.whenReady();
    model.write('subscription', 'lost', { n: 1 });
    await publish(model.write('subscription', 'next', { n: 2 }));
    await isEqual();
    expect(sync.status().healedGaps).toBe(1);
  });

  it('waits for a change that is only late, and fetches nothing', async () => {
    makeSync({ compareEveryMs: 60_000, gapWaitMs: 300 });
    await sync.start();
    await sync.whenReady();
    const [first, second] = [model.write('subscription', 'a', { n: 1 }), model.write('subscription', 'b', { n: 1 })];
    await publish(second);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await publish(first);
    await isEqual();
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(asked).not.toContain('/changes');
    expect(sync.status().healedGaps).toBe(0);
  });

  it('finds by comparing over HTTP what the hub lost silently', async () => {
    makeSync();
    await sync.start();
    await sync.whenReady();
    model.write('subscription', 'lost', { n: 1 });
    await isEqual();
    expect(sync.status().healedGaps).toBe(1);
    const other = new ModelControlPlane(); // the same number, other content
    other.write('subscription', 'other', { n: 5 });
    model = other;
    await isEqual();
    expect(sync.status().healedGaps).toBe(2);
  });

  it('starts from disk while the control plane is away, says so, and catches up when it is back', async () => {
    model.write('subscription', 's', { n: 1 });
    makeSync();
    await sync.start();
    await sync.whenReady();
    await publish(model.write('subscription', 's', { n: 2 }));
    await isEqual();
    await sync.stop();
    await client.close();
    model.write('subscription', 's', { n: 3 });
    let away = true;
    fault = (_path, response) => {
      if (away) response.destroy();
      return away;
    };
    makeSync();
    await sync.start();
    await sync.whenReady();
    expect(sync.replica.get('subscription', 's')).toEqual({ n: 2 });
    expect(sync.status()).toMatchObject({ ready: true, stale: true, source: 'disk', seq: 2 });
    await vi.waitFor(() => expect(sync.status().lastError).not.toBe(''), within);
    expect(sync.status().lastError).not.toContain('secret');
    away = false;
    await isEqual();
    await vi.waitFor(
      () => expect(sync.status()).toMatchObject({ stale: false, source: 'control-plane', lastError: '' }),
      within,
    );
  });

  it('V-38 is not ready without a copy, keeps trying, and heals by itself', async () => {
    model.write('subscription', 's', { n: 1 });
    fault = (_path, response) => (response.writeHead(503).end('{}'), true);
    makeSync();
    await sync.start();
    await vi.waitFor(() => expect(sync.status().lastError).toMatch(/answered 503/), within);
    expect(sync.status()).toMatchObject({ ready: false, stale: true, source: 'none' });
    fault = () => false;
    await isEqual();
    expect(sync.status().ready).toBe(true);
  });

  it.each([
    { what: 'empty', body: () => ({ epoch: 'epoch-2', seq: 0, digest: '0'.repeat(32), records: [] }) },
    { what: 'forged', body: () => ({ ...model.snapshot(), epoch: 'epoch-2', digest: 'f'.repeat(32) }) },
    { what: 'shapeless', body: () => ({ records: 'none' }) },
  ])('V-38 keeps good data when the snapshot is $what', async ({ body }) => {
    model.write('subscription', 's', { n: 1 });
    makeSync();
    await sync.start();
    await sync.whenReady();
    const good = sync.replica.state;
    fault = (path, response) => {
      if (path === '/state') send(response, { epoch: 'epoch-2', seq: 0, digest: '0'.repeat(32) });
      else send(response, body());
      return true;
    };
    await vi.waitFor(() => expect(sync.status().lastError).not.toBe(''), within);
    await vi.waitFor(() => expect(sync.status().stale).toBe(true), within);
    expect(sync.replica.state).toEqual(good);
    expect(sync.status().ready).toBe(true);
  });

  it('follows a database that was restored from a backup, and one that was replaced', async () => {
    model.write('subscription', 's', { n: 1 });
    model.write('subscription', 't', { n: 1 });
    makeSync();
    await sync.start();
    await isEqual();
    model = new ModelControlPlane();
    model.write('subscription', 's', { n: 7 });
    await isEqual();
    expect([...sync.replica.all('subscription')]).toEqual([['s', { n: 7 }]]);
    model = new ModelControlPlane('epoch-2');
    model.write('subscription', 'u', { n: 8 });
    await isEqual();
    expect([...sync.replica.all('subscription')]).toEqual([['u', { n: 8 }]]);
  });

  it('uses the next address when the first does not answer, and serves without a broker', async () => {
    model.write('subscription', 's', { n: 1 });
    const feed = { subscribe: (): Promise<never> => new Promise(() => undefined) };
    makeSync({ feed, subscribeWaitMs: 50 }, ['http://127.0.0.1:1']);
    await sync.start();
    await sync.whenReady();
    model.write('subscription', 's', { n: 2 });
    await isEqual();
  });

  it('V-01 gets malformed hub messages set aside and goes on', async () => {
    makeSync({ compareEveryMs: 60_000 });
    await sync.start();
    await sync.whenReady();
    const rubbish = { id: 'x', seq: 1, type: 'TEST', organization: 'o', at: 1, publisher: 'cp', data: { record: 5 } };
    await hub.publish('notification', [rubbish, { ...rubbish, seq: 0, data: { decisions: [] } }]);
    await publish(model.write('subscription', 's', { n: 1 }));
    await isEqual();
    expect(hub.status().deadLettered).toBe(1);
  });
});
