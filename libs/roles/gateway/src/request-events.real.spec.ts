import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createLogger, superOrganization } from '@tollgate/base';
import { createTransports, GroupPublisher, type HubMessage } from '@tollgate/event-hub';
import { amqpUrls, randomPrefix } from '@tollgate/testing';
import { requestBatchSchema, type RequestBatch } from '@tollgate/throttling/contract';
import { RequestEventAggregator } from '@tollgate/throttling/domain';
import { afterAll, describe, expect, it, vi } from 'vitest';

const log = createLogger({ level: 'silent', node: 'spec' });
const [managersBroker = '', analyticsBroker = ''] = amqpUrls();
const prefix = randomPrefix();
const credentials = { username: 'guest', password: 'guest' };
const transports = createTransports({ prefix, credentials, log });
afterAll(() => transports.closeAll());

const keys = { appKey: '1:bob@carbon.super', appTier: 'Gold', subscriptionKey: '', subscriptionTier: '' };
const unlimited = { apiKey: '', apiTier: '', resourceKey: '', resourceTier: '', matchedConditions: '' };
const names = { userId: 'bob@carbon.super', apiVersion: '1', appId: '1', apiName: 'Pizza' };
const attributes = { ...keys, ...unlimited, ...names, apiTenant: superOrganization, appTenant: superOrganization };

function batch(seq: number): HubMessage<RequestBatch> {
  const aggregator = new RequestEventAggregator();
  for (let i = 0; i < 7; i++) aggregator.add({ ...attributes, apiContext: '/pizza/1' }, Date.now());
  aggregator.add({ ...attributes, apiContext: '/pasta/1' }, Date.now());
  const data = { events: aggregator.drain(100), handedOn: false };
  const common = { type: 'REQUEST_BATCH', organization: superOrganization, at: Date.now(), publisher: 'gateway/1' };
  return { ...common, id: `batch-${seq}`, seq, data };
}

describe('a second receiver group outside of Tollgate', () => {
  it('gets every request once by the sample consumer, while traffic managers get it too', async () => {
    const heard: RequestBatch[] = [];
    const managers = await transports.get(managersBroker).subscribe({
      subscriber: 'tm',
      topics: ['requestEvents'],
      keepForMs: 0,
      onMessage: ({ data }) => void heard.push(requestBatchSchema.parse(data)),
    });
    const sample = resolve(import.meta.dirname, '../../../../docs/samples/count-requests.mjs');
    const consumer = spawn(process.execPath, [sample, analyticsBroker, prefix], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    consumer.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const groups = [managersBroker, analyticsBroker].map((url) => ({ mode: 'loadbalance' as const, urls: [url] }));
    const publisher = new GroupPublisher({ groups, transportOf: (url) => transports.get(url), log });
    try {
      for (const seq of [1, 2, 2, 3]) publisher.publish('requestEvents', batch(seq));
      const lines = (): string[] => printed.trimEnd().split('\n');
      await vi.waitFor(() => expect(lines().at(-1)).toBe('{"/pizza/1":21,"/pasta/1":3}'), { timeout: 15_000 });
      expect(lines()).toHaveLength(3);
      await vi.waitFor(() => expect(heard).toHaveLength(4));
      const leftOver = (): number[][] => publisher.status().map(({ dropped, queued }) => [dropped, queued]);
      await vi.waitFor(() =>
        expect(leftOver()).toEqual([
          [0, 0],
          [0, 0],
        ]),
      );
    } finally {
      await managers.close();
      consumer.kill();
      await publisher.close();
    }
  });
});

describe('R-68 V-01 what protects the exchanges', () => {
  it('the broker refuses an unknown publisher, and the transport says so', async () => {
    const strangers = createTransports({ prefix, credentials: { username: 'stranger', password: 'x' }, log });
    const { host } = new URL(managersBroker);
    const stranger = strangers.get(`tcp://${host}`);
    await vi.waitFor(() => expect(stranger.status().lastError).toMatch(/ACCESS.REFUSED/), { timeout: 5_000 });
    await expect(stranger.publish('requestEvents', [batch(9)])).rejects.toThrow('not connected');
    await strangers.closeAll();
  });

  it.each([
    ['no batch', { events: 'all' }],
    ['a negative count', { events: [{ ...batch(1).data.events[0], count: -1_000 }], handedOn: false }],
    [
      'more than one batch holds',
      { events: Array.from({ length: 10_001 }, () => batch(1).data.events[0]), handedOn: false },
    ],
  ])('the schema refuses %s, whoever sent it', (_what, data) => {
    expect(requestBatchSchema.safeParse(data).success).toBe(false);
  });
});
