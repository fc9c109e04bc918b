import { randomUUID } from 'node:crypto';
import { metricsRegistry } from '@tollgate/observability';
import { amqpUrls, redisUrl, startTcpProxy } from '@tollgate/testing';
import { describe, expect, it, vi } from 'vitest';
import {
  closing,
  connections,
  highest,
  listen,
  org,
  requests,
  sendThousand,
  startManager,
} from '../test/manager-rig.js';

const brokers = amqpUrls();

describe('R-61 V-61 two traffic managers in one load-balanced group, each with its own broker', () => {
  it('count 1000 requests as 1000 at both, and say so at both brokers', async () => {
    const prefix = `spec-${randomUUID()}`;
    const [a = '', b = ''] = brokers;
    const first = await startManager(prefix, { own: a, peers: [b] });
    const second = await startManager(prefix, { own: b, peers: [a] });
    const heard = await listen(prefix, [a, b]);
    await sendThousand(prefix, [a, b]);
    await vi.waitFor(() => expect(heard.map(highest)).toEqual([1_000, 1_000]), { timeout: 10_000 });
    await vi.waitFor(() => expect([first, second].map((node) => node.stats().countedRequests)).toEqual([1_000, 1_000]));
    expect(heard.every((decisions) => decisions.some((one) => one.isThrottled && one.count === 1_000))).toBe(true);
    expect(heard.flat().every((one) => one.isThrottled === one.count >= 1_000)).toBe(true);
  });

  it('count 1000 requests as 1000 in one Redis', async () => {
    const prefix = `spec-${randomUUID()}`;
    const [a = '', b = ''] = brokers;
    const nodes = [
      await startManager(prefix, { own: a, peers: [b] }, redisUrl()),
      await startManager(prefix, { own: b, peers: [a] }, redisUrl()),
    ];
    const heard = await listen(prefix, [a]);
    await sendThousand(prefix, [a, b]);
    await vi.waitFor(() => expect(heard.map(highest)).toEqual([1_000]), { timeout: 10_000 });
    const counted = nodes.map((node) => node.stats().countedRequests);
    expect(counted[0]! + counted[1]!).toBe(1_000);
    expect(Math.min(...counted)).toBeGreaterThan(0);
  });
});

describe('a peer whose broker cannot be reached', () => {
  it('gets every batch when it is back, although nobody restarts', async () => {
    const prefix = `spec-${randomUUID()}`;
    const [a = '', b = ''] = brokers;
    const direct = new URL(b);
    const line = await startTcpProxy({ host: direct.hostname, port: Number(direct.port) });
    closing.push(() => line.close());
    const throughLine = new URL(b);
    throughLine.port = String(line.port);
    const counting = await startManager(prefix, { own: a, peers: [throughLine.href] });
    const peer = await startManager(prefix, { own: b, peers: [a] });
    line.refuse(true);
    line.cut();
    await sendThousand(prefix, [a]);
    await vi.waitFor(() => expect(counting.stats().countedRequests).toBe(1_000), { timeout: 10_000 });
    expect(peer.stats().countedRequests).toBe(0);
    line.refuse(false);
    await vi.waitFor(() => expect(peer.stats().countedRequests).toBe(1_000), { timeout: 10_000 });
    expect(peer.stats().duplicateBatches).toBe(0);
  });
});

describe('a traffic manager that joins', () => {
  it.each([
    [
      'brokers of their own',
      (a: string, b: string) =>
        [
          { own: a, peers: [b] },
          { own: b, peers: [a] },
        ] as const,
    ],
    [
      'one broker for all',
      (a: string) =>
        [
          { own: a, peers: [] },
          { own: a, peers: [] },
        ] as const,
    ],
  ])('goes on with the counts of its peer, with %s', async (_, wire) => {
    const prefix = `spec-${randomUUID()}`;
    const [a = '', b = ''] = brokers;
    const [wiring, joiningWiring] = wire(a, b);
    await startManager(prefix, wiring);
    await sendThousand(prefix, [wiring.own]);
    const heard = await listen(prefix, [joiningWiring.own], 'joining');
    const joining = await startManager(prefix, joiningWiring, undefined, 'joining');
    await sendThousand(prefix, [joiningWiring.own]);
    await vi.waitFor(() => expect(heard.map(highest)).toEqual([2_000]), { timeout: 10_000 });
    expect(joining.stats().countedRequests).toBe(1_000);
  });
});

describe('a malformed batch', () => {
  it('is dead-lettered and the stream goes on', async () => {
    const prefix = `spec-${randomUUID()}`;
    const [a = ''] = brokers;
    const node = await startManager(prefix, { own: a, peers: [] });
    const transport = connections(prefix).get(a);
    const bad = { organization: org, at: Date.now(), type: 'REQUEST_BATCH', publisher: 'p' };
    await vi.waitFor(() => expect(transport.status().connected).toBe(true), { timeout: 10_000 });
    await transport.publish('requestEvents', [
      { ...bad, id: '1', seq: 1, data: { events: 'none' } },
      { ...bad, id: '2', seq: 2, data: { events: [{ ...requests(1), count: -5 }], handedOn: false } },
      { ...bad, id: '3', seq: 3, data: { events: [requests(7)], handedOn: false } },
    ]);
    await vi.waitFor(() => expect(node.stats().countedRequests).toBe(7), { timeout: 10_000 });
    expect(node.stats().batches).toBe(1);
    await vi.waitFor(
      async () => expect(await metricsRegistry.metrics()).toMatch(/^tollgate_tm_requests_total [1-9]/m),
      {
        timeout: 5_000,
      },
    );
  });
});
