import { createLogger } from '@tollgate/base';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GroupPublisher, type GroupPublisherOptions } from './group-publisher.js';
import { InProcessTransport } from './in-process-transport.js';
import { parseReceiverGroups } from './receiver-groups.js';
import { message } from './transport-contract.js';
import { createTransports, inProcessUrl } from './transports.js';
import type { Subscription } from './transport.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const within = { timeout: 5_000, interval: 10 };

describe('group publisher', () => {
  const hubs = new Map<string, InProcessTransport>();
  const seen: Record<string, number[]> = {};
  let publisher: GroupPublisher;

  beforeEach(() => {
    for (const name of ['a', 'b', 'c']) {
      hubs.set(`tcp://${name}:1`, new InProcessTransport(log));
      seen[name] = [];
    }
  });
  afterEach(() => publisher.close(0));

  function hub(name: string): InProcessTransport {
    return hubs.get(`tcp://${name}:1`) ?? expect.unreachable();
  }
  function listen(name: string): Promise<Subscription> {
    const onMessage = (m: { seq: number }): void => void seen[name]?.push(m.seq);
    return hub(name).subscribe({ subscriber: name, topics: ['requestEvents'], keepForMs: 0, onMessage });
  }
  function start(groups: string, more: Partial<GroupPublisherOptions> = {}): void {
    const transportOf = (url: string): InProcessTransport => hubs.get(url) ?? expect.unreachable();
    publisher = new GroupPublisher({ groups: parseReceiverGroups(groups), transportOf, log, ...more });
  }
  function send(from: number, to: number): void {
    for (let i = from; i <= to; i++) publisher.publish('requestEvents', message(i));
  }
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  it('deals out in turn within a load-balanced group and sends all to every group', async () => {
    await Promise.all(['a', 'b', 'c'].map(listen));
    start('{tcp://a:1,tcp://b:1},{tcp://c:1}');
    send(1, 6);
    expect(await publisher.flush(5_000)).toBe(true);
    await vi.waitFor(() => expect(seen).toEqual({ a: [1, 3, 5], b: [2, 4, 6], c: range(1, 6) }), within);
    expect(publisher.status().map(({ sent, dropped, queued }) => ({ sent, dropped, queued }))).toEqual([
      { sent: 6, dropped: 0, queued: 0 },
      { sent: 6, dropped: 0, queued: 0 },
    ]);
  });

  it('leaves an endpoint without a consumer at once, loses nothing, and keeps the order', async () => {
    await listen('b');
    start('{tcp://a:1|tcp://b:1}');
    send(1, 120);
    await vi.waitFor(() => expect(seen['b']).toEqual(range(1, 120)), within);
    expect(publisher.status()[0]).toMatchObject({
      sent: 120,
      dropped: 0,
      endpoints: [{ state: 'backing-off' }, { state: 'live' }],
    });
    expect(publisher.status()[0]?.retried).toBeGreaterThan(0);
  });

  it('goes back to the first endpoint of a failover group when it has been fine for a while', async () => {
    const clock = { now: 1_000_000, nowMs: () => clock.now };
    await listen('b');
    start('{tcp://a:1|tcp://b:1}', { clock });
    send(1, 1);
    await vi.waitFor(() => expect(seen['b']).toEqual([1]), within);
    await listen('a');
    clock.now += 1_000;
    send(2, 2);
    await vi.waitFor(() => expect(seen['b']).toEqual([1, 2]), within);
    clock.now += 1_001;
    send(3, 3);
    await vi.waitFor(() => expect(seen['a']).toEqual([3]), within);
    expect(seen['b']).toEqual([1, 2]);
  });

  it('V-62 keeps the newest events while all are away, counts those dropped, and sends on afterwards', async () => {
    start('{tcp://a:1}', { maxQueued: 10 });
    send(1, 25);
    await vi.waitFor(() => expect(publisher.status()[0]?.retried).toBeGreaterThan(0), within);
    const before = publisher.status()[0];
    expect(before).toMatchObject({ sent: 0, dropped: 15, queued: 10 });
    await listen('a');
    await vi.waitFor(() => expect(seen['a']).toEqual(range(16, 25)), within);
    expect(publisher.status()[0]).toMatchObject({ sent: 10, dropped: 15, queued: 0 });
  });

  it('bounds the waiting events by their size too', () => {
    start('{tcp://a:1}', { maxQueuedBytes: 5_000 });
    for (let i = 0; i < 10; i++) publisher.publish('requestEvents', message(i, 'x'.repeat(998)));
    expect(publisher.status()[0]).toMatchObject({ dropped: 5, queued: 5 });
  });

  it('drops and counts a message that can never be sent, and only that one', async () => {
    await listen('a');
    start('{tcp://a:1|tcp://b:1}');
    send(1, 3);
    publisher.publish('requestEvents', message(4, 'x'.repeat(9 * 1024 * 1024)));
    send(5, 7);
    await vi.waitFor(() => expect(seen['a']).toEqual([1, 2, 3, 5, 6, 7]), within);
    expect(publisher.status()[0]).toMatchObject({ sent: 6, dropped: 1, queued: 0 });
  });

  it('counts what is left at the end as dropped', async () => {
    start('{tcp://a:1}');
    send(1, 4);
    await publisher.close(50);
    expect(publisher.status()[0]).toMatchObject({ sent: 0, dropped: 4, queued: 0 });
    publisher.publish('requestEvents', message(5));
    expect(publisher.status()[0]).toMatchObject({ dropped: 5 });
  });

  it('shares one connection between groups that name the same endpoint', async () => {
    const transports = createTransports({ prefix: 'p', credentials: { username: 'u', password: 'p' }, log });
    expect(transports.get(inProcessUrl)).toBe(transports.get(inProcessUrl));
    const broker = transports.get('tcp://127.0.0.1:1');
    expect(transports.get('amqp://127.0.0.1:1')).toBe(broker);
    expect(transports.all()).toHaveLength(2);
    start('{tcp://a:1}');
    await transports.closeAll();
  });
});
