import { randomUUID } from 'node:crypto';
import { metricsRegistry } from '@tollgate/observability';
import { amqpUrls } from '@tollgate/testing';
import { connect, type ConfirmChannel } from 'amqplib';
import { expect, it, vi } from 'vitest';
import { closing, connections, org, requests, startManager } from '../test/manager-rig.js';

const [broker = ''] = amqpUrls();
const within = { timeout: 30_000, interval: 50 };
const common = { organization: org, at: Date.now(), publisher: 'poisoner' };
const batch = (seq: number, more: object) => ({ ...common, id: `p/${seq}`, seq, type: 'REQUEST_BATCH', ...more });
const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const large = text(batch(7, { data: { events: [], handedOn: false, filler: 'x'.repeat(10 * 1024 * 1024) } }));

/** What no manager understands, by turns. */
const poison: readonly ((i: number) => Buffer)[] = [
  () => Buffer.from('{"events": ['),
  () => Buffer.from([0xff, 0xfe, 0x00]),
  (i) => text(batch(i, { data: { events: 'none', handedOn: false } })),
  (i) => text(batch(i, { data: { events: [{ ...requests(1), count: '1' }], handedOn: false } })),
  (i) => text(batch(i, { type: 'REQUEST_BATCH_V9', data: { events: [requests(1)], handedOn: false } })),
  (i) => text(batch(i, { type: 'WINDOWS_REQUEST', data: { from: 7 } })),
  (i) => (i % 300 === 6 ? large : text(batch(i, { data: null }))),
];

async function rawChannel(): Promise<ConfirmChannel> {
  const model = await connect(broker);
  closing.push(() => model.close());
  return model.createConfirmChannel();
}

it('R-68 V-01: a thousand poison messages between good ones stop nothing, count nothing, and are all set aside and shown', async () => {
  const prefix = `spec-${randomUUID()}`;
  const node = await startManager(prefix, { own: broker, peers: [] });
  const transport = connections(prefix).get(broker);
  await vi.waitFor(() => expect(transport.status().connected).toBe(true), within);
  const channel = await rawChannel();
  closing.push(() => channel.deleteQueue(`${prefix}.dead-letter`)); // it holds the large ones
  const thousand = 1_000;
  for (let i = 0; i < thousand; i++) {
    channel.publish(`${prefix}.requestEvents`, 'x', poison[i % poison.length]!(i));
    if (i % 100 !== 99) continue;
    await channel.waitForConfirms();
    const data = { events: [requests(1)], handedOn: false };
    await transport.publish('requestEvents', [{ ...batch(i, { data }), publisher: 'gateway' } as never]);
  }
  await vi.waitFor(() => expect(node.stats().countedRequests).toBe(10), within);
  expect(node.stats()).toMatchObject({ batches: 10, duplicateBatches: 0 });
  await vi.waitFor(async () => {
    expect((await node.report()).deadLettered).toBe(thousand);
    expect((await channel.checkQueue(`${prefix}.dead-letter`)).messageCount).toBe(thousand);
  }, within);
  await vi.waitFor(
    async () => expect(await metricsRegistry.metrics()).toContain(`tollgate_tm_dead_letters_total ${thousand}\n`),
    within,
  );
  expect(node.health().state).toBe('ok');
}, 90_000);
