import { createLogger } from '@tollgate/base';
import { amqpUrls, randomPrefix, startTcpProxy, type TcpProxy } from '@tollgate/testing';
import { connect } from 'amqplib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AmqpTransport } from './amqp-transport.js';
import { deadLetterOf, exchangeOf, presenceOf } from './amqp-topology.js';
import { parseBrokerUrl } from './broker-url.js';
import { keepsTheTransportContract, message } from './transport-contract.js';
import { topics } from './transport.js';

const url = amqpUrls()[0] ?? '';
const within = { timeout: 15_000, interval: 20 };

interface Rig {
  readonly prefix: string;
  readonly proxy: TcpProxy;
  readonly transport: AmqpTransport;
  readonly lines: string[];
  readonly path: TcpProxy;
  close(): Promise<void>;
}

async function openRig(password = 'guest'): Promise<Rig> {
  const prefix = randomPrefix();
  const real = parseBrokerUrl(url, { username: 'guest', password: 'guest' });
  const proxy = await startTcpProxy({ host: real.hostname, port: real.port });
  const lines: string[] = [];
  const log = createLogger({ level: 'info', node: 'spec' }, { write: (line: string) => void lines.push(line) });
  const broker = parseBrokerUrl(`tcp://guest:${password}@127.0.0.1:${proxy.port}`, { username: '', password: '' });
  const transport = new AmqpTransport({ broker, prefix, log });
  if (password === 'guest') await vi.waitFor(() => expect(transport.status().connected).toBe(true), within);
  async function close(): Promise<void> {
    await transport.close();
    await proxy.close();
    await removeTopology(prefix);
  }
  return { prefix, proxy, path: proxy, transport, lines, close };
}

async function removeTopology(prefix: string): Promise<void> {
  const model = await connect(url);
  const channel = await model.createChannel();
  for (const name of ['kept', 'redelivery']) await channel.deleteQueue(`${prefix}.${name}`);
  await channel.deleteQueue(deadLetterOf(prefix));
  for (const topic of topics) await channel.deleteExchange(exchangeOf(prefix, topic));
  await channel.deleteExchange(deadLetterOf(prefix));
  await channel.deleteExchange(presenceOf(prefix));
  await model.close();
}

keepsTheTransportContract('AMQP', () => openRig(), { path: true });

describe('AMQP transport', () => {
  let rig: Rig;
  afterEach(() => rig.close());

  it('puts raw rubbish into the dead-letter queue, with the exact count, and good messages pass between', async () => {
    rig = await openRig();
    const seen: number[] = [];
    await rig.transport.subscribe({
      subscriber: 'raw',
      topics: ['notification'],
      keepForMs: 0,
      onMessage: (m) => void seen.push(m.seq),
    });
    const model = await connect(url);
    const channel = await model.createConfirmChannel();
    const rubbish = [
      '',
      '{',
      '[]',
      '"x"',
      '{"id":1}',
      '\xff\xfe',
      `${'['.repeat(100)}`,
      JSON.stringify({ ...message(1), __proto__: 1 }).replace('"id"', '"__proto__":{},"id"'),
    ];
    for (const [i, text] of rubbish.entries()) {
      channel.publish(exchangeOf(rig.prefix, 'notification'), 'x', Buffer.from(text, 'latin1'));
      await channel.waitForConfirms();
      await rig.transport.publish('notification', [message(i)]);
    }
    await vi.waitFor(() => expect(seen).toEqual(rubbish.map((_, i) => i)), within);
    expect(rig.transport.status().deadLettered).toBe(rubbish.length);
    await vi.waitFor(async () => {
      expect((await channel.checkQueue(deadLetterOf(rig.prefix))).messageCount).toBe(rubbish.length);
    }, within);
    await model.close();
  });

  it('counts as unavailable while the broker blocks the connection, and takes messages after it is unblocked', async () => {
    rig = await openRig();
    rig.proxy.inject(connectionMethod(60, 'low on memory'));
    await vi.waitFor(() => expect(rig.transport.status().connected).toBe(false), within);
    await expect(rig.transport.publish('notification', [message(1)])).rejects.toThrow(
      /blocked by the broker \(low on memory\)/,
    );
    rig.proxy.inject(connectionMethod(61));
    await vi.waitFor(() => rig.transport.publish('notification', [message(2)]), within);
  });

  it('V-37 V-59 gives up a send after its own timeout when the path swallows everything, and finds back by its heartbeat', async () => {
    rig = await openRig();
    rig.proxy.blackHole(true);
    const before = performance.now();
    await expect(rig.transport.publish('notification', [message(1)], { timeoutMs: 300 })).rejects.toThrow(
      /not confirmed in time/,
    );
    expect(performance.now() - before).toBeLessThan(3_000);
    await vi.waitFor(() => expect(rig.transport.status().connected).toBe(false), { timeout: 16_000, interval: 100 });
    rig.proxy.blackHole(false);
    await vi.waitFor(() => rig.transport.publish('notification', [message(2)]), within);
  });

  it('declares everything again after the broker lost it, and says that messages may be missing', async () => {
    rig = await openRig();
    const reconnected = vi.fn<() => void>();
    const seen: number[] = [];
    const options = {
      subscriber: 'kept',
      topics: ['notification'] as const,
      keepForMs: 60_000,
      onReconnected: reconnected,
    };
    await rig.transport.subscribe({ ...options, onMessage: (m) => void seen.push(m.seq) });
    await removeTopology(rig.prefix);
    await vi.waitFor(() => expect(reconnected).toHaveBeenCalled(), within);
    await vi.waitFor(() => rig.transport.publish('notification', [message(5)], { needsConsumer: true }), within);
    await vi.waitFor(() => expect(seen).toEqual([5]), within);
  });

  it('V-58 V-64 never shows the password, not even when the broker refuses it, and logs the trouble once', async () => {
    rig = await openRig('s3cret-word');
    await vi.waitFor(() => expect(rig.transport.status().lastError).toMatch(/ACCESS|refused|closed|403/i), within);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const shown = rig.lines.join('') + JSON.stringify(rig.transport.status());
    expect(shown).not.toContain('s3cret-word');
    expect(rig.lines.filter((line) => line.includes('hub.connection_lost'))).toHaveLength(1);
  });
});

/** A frame of the AMQP connection class, for channel 0. */
function connectionMethod(method: number, reason?: string): Buffer {
  const text =
    reason === undefined ? Buffer.alloc(0) : Buffer.from(`${String.fromCharCode(reason.length)}${reason}`, 'latin1');
  const payload = Buffer.concat([Buffer.from([0, 10, 0, method]), text]);
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}
