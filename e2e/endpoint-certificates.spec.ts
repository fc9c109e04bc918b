import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Caller, publisher } from './support/caller.js';
import { keepsContracts } from './support/contracts.js';
import { publishApi } from './support/product.js';
import { send } from './support/rest.js';
import { embedded, type SingleInstallation } from './support/settings.js';

let installation: SingleInstallation;
let caller: Caller;
let backEnd: Server;
let authority: { readonly cert: string; readonly key: string };

beforeAll(async () => {
  installation = await embedded();
  caller = await Caller.signIn(installation);
  const made = await generate([{ name: 'commonName', value: 'a private authority' }], {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true },
    ],
  });
  authority = { cert: made.cert, key: made.private };
  const own = await generate([{ name: 'commonName', value: 'localhost' }], {
    ca: authority,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  backEnd = createServer({ cert: own.cert, key: own.private }, (_request, response) => void response.end('{}'));
  backEnd.listen(0, '127.0.0.1');
  await once(backEnd, 'listening');
}, 120_000);
afterAll(async () => {
  await installation?.stop();
  backEnd?.close();
  backEnd?.closeAllConnections();
}, 60_000);

it('a back end with a private authority is called while its certificate is there, without a deployment', async () => {
  const url = `https://localhost:${(backEnd.address() as AddressInfo).port}`;
  await publishApi(caller, { name: 'private', url, open: true });
  const status = async (): Promise<number> =>
    (await send('GET', `${installation.gateways[0]}/private/1.0.0/orders`)).status;
  const within = { timeout: 10_000, interval: 50 };
  await vi.waitFor(async () => expect(await status()).toBe(502), within);
  const certificates = `${publisher}/endpoint-certificates`;
  const multipart = { alias: 'private', endpoint: url, certificate: authority.cert };
  expect((await caller.call('POST', certificates, { multipart })).status).toBe(200);
  await vi.waitFor(async () => expect(await status()).toBe(200), within);
  expect((await caller.call('GET', `${certificates}/private/usage`)).body).toMatchObject({
    count: 1,
    list: [{ name: 'private' }],
  });
  expect((await caller.call('DELETE', `${certificates}/private`)).status).toBe(200);
  await vi.waitFor(async () => expect(await status()).toBe(502), within);
}, 60_000);

keepsContracts();
