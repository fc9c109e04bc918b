import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Caller } from '../support/caller.js';
import { markdownTable, writeSection } from '../support/document.js';
import { eventually } from '../support/rest.js';
import { embedded, type SingleInstallation } from '../support/settings.js';
import { makeStreamApi, moveToUnlimited, type StreamApi } from '../support/stream-api.js';

const sizes = [1_000, 5_000, 9_000] as const;
const most = 9_000;
/** New connections at one time, as many clients would make them. */
const atOnce = 100;
const budgetBytes = 15 * 1024;
const stormBudgetMs = 60_000;
const definition = JSON.stringify({
  asyncapi: '2.6.0',
  info: { title: 'Idle', version: '1.0.0' },
  channels: { '/room/{id}': { subscribe: {}, publish: {} } },
});

let installation: SingleInstallation;
let api: StreamApi;
let backEnd: WebSocketServer;
const open = new Set<WebSocket>();
const rows: string[][] = [];

beforeAll(async () => {
  installation = await embedded();
  backEnd = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(backEnd, 'listening');
  backEnd.on('connection', (socket) => {
    socket.on('message', (data) => socket.send((data as Buffer).toString()));
    socket.on('error', () => undefined);
  });
  const url = `ws://127.0.0.1:${(backEnd.address() as AddressInfo).port}`;
  const caller = await Caller.signIn(installation);
  api = await makeStreamApi(caller, { name: 'Idle', definition, context: '/idle', url, type: 'WS', eventsADay: 10 });
  await moveToUnlimited(caller, api);
  await eventually(dial, (socket) => socket !== null, 20_000);
});
afterAll(async () => {
  for (const socket of open) socket.terminate();
  for (const socket of backEnd?.clients ?? []) socket.terminate();
  backEnd?.close();
  await installation?.stop();
  if (rows.length > 0)
    writeSection('docs/performance.md', 'sockets', markdownTable(['what', 'measured', 'budget'], rows));
});

/** One more WebSocket through the gateway; `null` when it was refused. */
function dial(): Promise<WebSocket | null> {
  const url = `${installation.plainGateway.replace('http', 'ws')}/idle/1.0.0/room/7`;
  const headers = { authorization: `Bearer ${api.token}`, host: 'localhost' };
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  return new Promise((resolve) => {
    socket.on('error', () => resolve(null));
    socket.on('close', () => void open.delete(socket));
    socket.once('open', () => {
      open.add(socket);
      resolve(socket);
    });
  });
}

/** Dials until so many are open; a refused one is tried again after a moment. @returns how many were refused */
async function fill(size: number, within = Infinity): Promise<number> {
  const until = performance.now() + within;
  let refused = 0;
  const one = async (): Promise<void> => {
    for (let waitMs = 50; open.size < size && performance.now() < until;) {
      if ((await dial()) !== null) {
        waitMs = 50;
        continue;
      }
      refused++;
      await sleep(waitMs * (0.5 + Math.random()));
      waitMs = Math.min(2_000, waitMs * 2);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return refused;
}

/** Resident bytes of the process when they have stopped changing. */
async function resident(): Promise<number> {
  let last = Number.NaN;
  for (let i = 0; i < 20; i++) {
    await sleep(3_000);
    const [, kilobytes = ''] =
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${installation.process.pid}/status`, 'utf8')) ?? [];
    const now = Number(kilobytes) * 1024;
    if (Math.abs(now - last) < 256 * 1024) return now;
    last = now;
  }
  return last;
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;

it('idle WebSockets take few bytes each, as many at 9,000 as at 1,000', async () => {
  // What the first handshakes compile and load stays: it is not a matter of single sockets.
  await fill(1_000);
  for (const socket of [...open].slice(1)) socket.terminate();
  await eventually(
    async () => open.size,
    (size) => size === 1,
    20_000,
  );
  const base = { size: 1, bytes: await resident() };
  rows.push(['all in one before', megabytes(base.bytes), '']);
  for (const size of sizes) {
    await fill(size);
    const bytes = await resident();
    expect(open.size).toBeGreaterThanOrEqual(size);
    const each = (bytes - base.bytes) / (size - base.size);
    rows.push([`resident memory for each of ${size} idle WebSockets`, kilobytes(each), `≤ ${kilobytes(budgetBytes)}`]);
  }
  const [first] = open;
  const answer = new Promise((resolve) => first?.once('message', (data) => resolve((data as Buffer).toString())));
  first?.send('still there');
  expect(await answer).toBe('still there');
}, 600_000);

it('all of them are back within a minute of a kill', async () => {
  await fill(most);
  const begun = performance.now();
  await installation.process.kill();
  await eventually(
    async () => open.size,
    (size) => size === 0,
    20_000,
  );
  const started = installation.process.start();
  const refused = await fill(most, 3 * stormBudgetMs);
  const tookMs = performance.now() - begun;
  await started;
  rows.push(
    [
      `${most} clients back after kill -9 of the process`,
      `${(tookMs / 1_000).toFixed(1)} s`,
      `≤ ${stormBudgetMs / 1_000} s`,
    ],
    ['attempts that were refused meanwhile', String(refused), ''],
  );
  expect(open.size).toBeGreaterThanOrEqual(most);
}, 600_000);
