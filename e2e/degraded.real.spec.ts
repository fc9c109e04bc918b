import { amqpUrls, startTcpProxy, type TcpProxy } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from './support/back-end.js';
import { Caller } from './support/caller.js';
import type { Installation } from './support/installation.js';
import { perDay, PolicyRig, type Guarded } from './support/policy-rig.js';
import { eventually } from './support/rest.js';
import { onServers } from './support/settings.js';

let proxy: TcpProxy;
let installation: Installation;
let backEnd: BackEnd;
const guarded: Record<string, Guarded> = {};

beforeAll(async () => {
  const broker = new URL(amqpUrls()[0] ?? '');
  proxy = await startTcpProxy({ host: broker.hostname, port: Number(broker.port) });
  broker.port = String(proxy.port);
  broker.hostname = '127.0.0.1';
  installation = await onServers(broker.href);
  backEnd = await startBackEnd('degraded');
  const rig = new PolicyRig(installation, await Caller.signIn(installation), backEnd);
  for (const [degradedMode, limit] of Object.entries({ 'local-share': 3, open: 3, closed: 100_000 })) {
    guarded[degradedMode] = await rig.guarded('api', { defaultLimit: perDay(limit), degradedMode });
    expect(await guarded[degradedMode].calls(1)).toEqual([200]);
  }
}, 120_000);
afterAll(async () => {
  proxy.refuse(false);
  const codes = await installation?.stop();
  await Promise.all([backEnd?.close(), proxy?.close()]);
  expect(Object.values(codes ?? {}).filter((code) => code !== 0)).toEqual([]);
}, 60_000);

const call = (mode: string, times: number) => guarded[mode]?.calls(times);
const statusOf = async (mode: string) => (await guarded[mode]?.answer())?.status;

it('each policy does what it says while the broker is cut off, and keeps its quota again when it is back', async () => {
  proxy.refuse(true);
  proxy.cut();
  expect(
    await eventually(
      () => statusOf('closed'),
      (status) => status === 429,
      10_000,
    ),
  ).toBe(429);
  expect(await call('open', 6)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(await call('local-share', 4)).toEqual([200, 200, 429, 429]); // the only gateway: its share is the quota
  proxy.refuse(false);
  expect(
    await eventually(
      () => statusOf('closed'),
      (status) => status === 200,
      20_000,
    ),
  ).toBe(200);
  expect(await call('open', 1)).toEqual([429]);
  expect(await call('local-share', 1)).toEqual([429]);
}, 60_000);
