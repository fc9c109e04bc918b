import { createLogger } from '@tollgate/base';
import { amqpUrls, randomPrefix, startTcpProxy, type TcpProxy } from '@tollgate/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parseBrokerUrl } from './broker-url.js';
import { GroupPublisher } from './group-publisher.js';
import { parseReceiverGroups } from './receiver-groups.js';
import { message } from './transport-contract.js';
import { createTransports, type Transports } from './transports.js';

const urls = amqpUrls().slice(0, 2);
const log = createLogger({ level: 'silent', node: 'spec' });
const within = { timeout: 15_000, interval: 20 };
const guest = { username: 'guest', password: 'guest' };

let paths: TcpProxy[];
let transports: Transports;
let publisher: GroupPublisher;
const seen: number[][] = [[], []];

beforeEach(async () => {
  const brokers = urls.map((url) => parseBrokerUrl(url, guest));
  paths = await Promise.all(brokers.map(({ hostname, port }) => startTcpProxy({ host: hostname, port })));
  transports = createTransports({ prefix: randomPrefix(), credentials: guest, log });
  const ends = paths.map(({ port }) => `tcp://127.0.0.1:${port}`);
  // Receivers come in by their own way, so that cutting a path hits the publisher alone.
  await Promise.all(
    urls.map((url, i) => {
      seen[i] = [];
      const onMessage = (m: { seq: number }): void => void seen[i]?.push(m.seq);
      return transports.get(url).subscribe({ subscriber: 'tm', topics: ['requestEvents'], keepForMs: 0, onMessage });
    }),
  );
  publisher = new GroupPublisher({
    groups: parseReceiverGroups(`{${ends.join('|')}}`),
    transportOf: (url) => transports.get(url),
    log,
  });
  await vi.waitFor(
    () => expect(publisher.status()[0]?.endpoints.map((e) => e.state)).toEqual(['live', 'live']),
    within,
  );
});
afterEach(async () => {
  await publisher.close(0);
  await transports.closeAll();
  await Promise.all(paths.map((path) => path.close()));
});

it.each([
  {
    how: 'refuses',
    fail: (path: TcpProxy): void => (path.refuse(true), path.cut()),
    heal: (path: TcpProxy): void => path.refuse(false),
  },
  {
    how: 'lets nothing through',
    fail: (path: TcpProxy): void => path.blackHole(true),
    heal: (path: TcpProxy): void => path.blackHole(false),
  },
])(
  'moves to the second broker within a second when the first $how, and back later, losing nothing',
  async ({ fail, heal }) => {
    const [first] = paths;
    if (!first) return expect.unreachable();
    let n = 0;
    const tick = setInterval(() => publisher.publish('requestEvents', message(++n)), 10);
    try {
      await vi.waitFor(() => expect(seen[0]?.length).toBeGreaterThan(10), within);
      const failedAt = performance.now();
      fail(first);
      await vi.waitFor(() => expect(seen[1]?.length).toBeGreaterThan(0), within);
      expect(performance.now() - failedAt).toBeLessThan(4_000);
      heal(first);
      const before = seen[0]?.length ?? 0;
      await vi.waitFor(() => expect(seen[0]?.length).toBeGreaterThan(before + 10), { timeout: 25_000, interval: 50 });
    } finally {
      clearInterval(tick);
    }
    expect(await publisher.flush(5_000)).toBe(true);
    await vi.waitFor(() => expect(new Set(seen.flat()).size).toBe(n), within);
    expect(publisher.status()[0]).toMatchObject({ dropped: 0, queued: 0 });
  },
  60_000,
);
