import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import { makeCertificates, startRabbitmqWithTls, type RabbitmqWithTls } from '@tollgate/services';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTransports, type HubMessage, type Transports } from './index.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const folder = mkdtempSync(join(tmpdir(), 'amqp-tls-'));
let broker: RabbitmqWithTls;
const open: Transports[] = [];

beforeAll(async () => {
  broker = await startRabbitmqWithTls(folder);
}, 60_000);
afterAll(async () => {
  await Promise.all(open.map((transports) => transports.closeAll()));
  await broker.stop();
  rmSync(folder, { recursive: true });
});

function transport(host: string, ca?: string) {
  const credentials = { username: 'guest', password: 'guest' };
  const transports = createTransports({ prefix: 'tls', credentials, log, ...(ca === undefined ? {} : { ca }) });
  open.push(transports);
  return transports.get(`ssl://${host}:${broker.tlsPort}`);
}

const message: HubMessage = { id: '1', seq: 1, type: 'T', organization: 'o', at: 1, publisher: 'p', data: { a: 1 } };

it('publishes and reads over TLS when the authority is trusted', async () => {
  const hub = transport('localhost', readFileSync(broker.caFile, 'utf8'));
  const heard: HubMessage[] = [];
  await hub.subscribe({
    subscriber: 's',
    topics: ['notification'],
    keepForMs: 0,
    onMessage: (one) => void heard.push(one),
  });
  await hub.publish('notification', [message], { needsConsumer: true });
  await vi.waitFor(() => expect(heard).toEqual([message]));
  expect(hub.status()).toMatchObject({
    address: `amqps://localhost:${broker.tlsPort}`,
    connected: true,
    lastError: '',
  });
});

it.each([
  ['nobody vouches for', 'localhost', () => undefined, /certificate/i],
  ['another authority signed', 'localhost', () => otherAuthority(), /certificate|signature/i],
  ['is for another name', '127.0.0.1', () => readFileSync(broker.caFile, 'utf8'), /altnames|does not match/i],
] as const)('refuses a broker whose certificate %s, and says why', async (_what, host, ca, reason) => {
  const hub = transport(host, await ca());
  await vi.waitFor(() => expect(hub.status().lastError).toMatch(reason), { timeout: 5_000 });
  expect(hub.status().connected).toBe(false);
  await expect(hub.publish('notification', [message])).rejects.toThrow(
    '127.0.0.1' === host ? '127.0.0.1' : 'localhost',
  );
});

async function otherAuthority(): Promise<string> {
  const other = join(folder, 'other');
  mkdirSync(other);
  return readFileSync((await makeCertificates(other)).caFile, 'utf8');
}
