import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@tollgate/base';
import { startRabbitmqCluster, type RabbitmqCluster } from '@tollgate/services';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTransports, GroupPublisher, type HubMessage } from '@tollgate/event-hub';

const log = createLogger({ level: 'silent', node: 'spec' });
const folder = mkdtempSync(join(tmpdir(), 'amqp-cluster-'));
let cluster: RabbitmqCluster;

beforeAll(async () => {
  cluster = await startRabbitmqCluster(folder);
}, 90_000);
afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

const numbered = (seq: number): HubMessage => {
  return { id: String(seq), seq, type: 'T', organization: 'o', at: seq, publisher: 'p', data: { seq } };
};

it('quorum queues on three nodes: the loss of one, which leads the queue, costs no confirmed message', async () => {
  const credentials = { username: 'guest', password: 'guest' };
  const options = { prefix: 'quorum', credentials, log, queueType: 'quorum' } as const;
  const [first, , third] = cluster.nodes;
  const heard = new Set<number>();
  const urls = cluster.nodes.map(({ port }) => `tcp://127.0.0.1:${port}`);
  // The queue is declared through the first node, which therefore leads it. The subscriber goes on through the second.
  const early = createTransports(options);
  const subscribe = { subscriber: 'tm', topics: ['requestEvents'] as const, keepForMs: 600_000 };
  const opened = await early.get(urls[0] ?? '').subscribe({ ...subscribe, onMessage: () => undefined });
  await opened.close();
  await early.closeAll();
  expect(await queueTypeOf(first?.url ?? '')).toBe('quorum');

  const reading = createTransports(options);
  const onMessage = ({ seq }: HubMessage): void => void heard.add(seq);
  await reading.get(urls[1] ?? '').subscribe({ ...subscribe, onMessage });
  const sending = createTransports(options);
  const group = { mode: 'failover', urls } as const;
  const publisher = new GroupPublisher({ groups: [group], transportOf: (url) => sending.get(url), log });
  await vi.waitFor(() => expect(urls.every((url) => sending.get(url).status().connected)).toBe(true), {
    timeout: 10_000,
  });
  let seq = 0;
  const sendFor = async (ms: number): Promise<void> => {
    for (const end = Date.now() + ms; Date.now() < end; await sleep(5))
      publisher.publish('requestEvents', numbered(++seq));
  };
  await sendFor(500);
  await first?.kill();
  await sendFor(2_000);
  expect(await publisher.flush(20_000), JSON.stringify(publisher.status())).toBe(true);
  await vi.waitFor(() => expect(heard.size).toBe(seq), { timeout: 20_000 });
  expect(publisher.status()).toMatchObject([{ queued: 0, dropped: 0, endpoints: [{ state: 'away' }, {}, {}] }]);

  await first?.again();
  await vi.waitFor(() => expect(sending.get(urls[0] ?? '').status().connected).toBe(true), { timeout: 10_000 });
  await third?.kill(); // again two of three are there
  await sendFor(300);
  expect(await publisher.flush(20_000), JSON.stringify(publisher.status())).toBe(true);
  await vi.waitFor(() => expect(heard.size).toBe(seq), { timeout: 20_000 });
  await publisher.close();
  await Promise.all([reading.closeAll(), sending.closeAll()]);
}, 90_000);

/** A second declaration must name the same kind, else the broker refuses it and says what there is. */
async function queueTypeOf(url: string): Promise<string> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  channel.on('error', () => undefined); // the refusal closes the channel; the declaration below rejects with it
  try {
    await channel.assertQueue('quorum.tm', {
      durable: true,
      expires: 600_000,
      maxLength: 100_000,
      deadLetterExchange: 'quorum.dead-letter',
      arguments: { 'x-single-active-consumer': true },
    });
    return 'classic';
  } catch (error) {
    return /x-queue-type.*but current is the value '(\w+)'/.exec(String(error))?.[1] ?? String(error);
  } finally {
    await connection.close();
  }
}
