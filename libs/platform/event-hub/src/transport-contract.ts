import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  TransportUnavailableError,
  type HubMessage,
  type SubscribeOptions,
  type Subscription,
  type Transport,
} from './transport.js';

/** What an adapter gives the suite. `path` exists where there is a path to cut. */
export interface TransportRig {
  readonly transport: Transport;
  readonly path?: { cut(): void; refuse(on: boolean): void };
  close(): Promise<void>;
}

export function message(seq: number, data: unknown = { n: seq }): HubMessage {
  return {
    id: `m-${seq}`,
    seq,
    type: 'TEST',
    organization: 'carbon.super',
    at: 1_800_000_000_000,
    publisher: 'spec',
    data,
  };
}

const within = { timeout: 10_000, interval: 10 };

/** The behaviour every Transport keeps, whatever the wire. */
export function keepsTheTransportContract(
  name: string,
  open: () => Promise<TransportRig>,
  has = { path: false },
): void {
  describe(`${name} keeps the transport contract`, () => {
    let rig: TransportRig;
    beforeEach(async () => {
      rig = await open();
    });
    afterEach(() => rig.close());

    function listen(
      subscriber: string,
      more: Partial<SubscribeOptions> = {},
    ): Promise<Subscription> & { seen: number[] } {
      const seen: number[] = [];
      const onMessage = (m: HubMessage): void => void seen.push(m.seq);
      const promise = rig.transport.subscribe({
        subscriber,
        topics: ['notification'],
        keepForMs: 0,
        onMessage,
        ...more,
      });
      return Object.assign(promise, { seen });
    }

    it('delivers in the order sent, across topics, with the content unchanged', async () => {
      const got: HubMessage[] = [];
      await listen('one', { topics: ['notification', 'tokenRevocation'], onMessage: (m) => void got.push(m) });
      for (let i = 0; i < 40; i++)
        await rig.transport.publish(i % 3 ? 'notification' : 'tokenRevocation', [message(i)]);
      await vi.waitFor(() => expect(got).toHaveLength(40), within);
      expect(got).toEqual(Array.from({ length: 40 }, (_, i) => message(i)));
    });

    it('gives each subscriber its own copy and only its topics', async () => {
      const a = listen('a');
      const b = listen('b');
      const other = listen('c', { topics: ['keyManager'] });
      await Promise.all([a, b, other]);
      await rig.transport.publish('notification', [message(1), message(2)]);
      await rig.transport.publish('keyManager', [message(3)]);
      await vi.waitFor(() => expect([a.seen, b.seen, other.seen]).toEqual([[1, 2], [1, 2], [3]]), within);
    });

    it('handles one message after the other, however long a handler takes', async () => {
      let running = 0;
      const most: number[] = [];
      await listen('slow', {
        onMessage: async () => {
          most.push(++running);
          await new Promise((resolve) => setTimeout(resolve, 5));
          running--;
        },
      });
      await rig.transport.publish('notification', [message(1), message(2), message(3), message(4)]);
      await vi.waitFor(() => expect(most).toEqual([1, 1, 1, 1]), within);
    });

    it('sets malformed messages and those a handler throws on aside, counts them, and goes on', async () => {
      const seen: number[] = [];
      await listen('strict', {
        onMessage: (m) => {
          if (m.seq === 13) throw new Error('cannot handle thirteen');
          seen.push(m.seq);
        },
      });
      for (let i = 10; i < 20; i++) {
        const poison = { ...message(i), seq: 'ten' } as unknown as HubMessage;
        await rig.transport.publish('notification', i % 2 ? [message(i)] : [poison, message(i)]);
      }
      await vi.waitFor(() => expect(seen).toEqual([10, 11, 12, 14, 15, 16, 17, 18, 19]), within);
      expect(rig.transport.status().deadLettered).toBe(6);
    });

    it('gives up unread what its subscriber sheds, and goes on', async () => {
      let left = 2;
      const seen: number[] = [];
      await listen('busy', { sheds: () => left-- > 0, onMessage: (m) => void seen.push(m.seq) });
      await rig.transport.publish('notification', [message(1), message(2), message(3), message(4)]);
      await vi.waitFor(() => expect(seen).toEqual([3, 4]), within);
      expect(rig.transport.status().deadLettered).toBe(0);
    });

    it('refuses to publish where nobody listens when a consumer is needed, and only then', async () => {
      await rig.transport.publish('requestEvents', [message(1)]);
      const refused = rig.transport.publish('requestEvents', [message(2)], { needsConsumer: true });
      await expect(refused).rejects.toThrow(TransportUnavailableError);
      const tm = listen('tm', { topics: ['requestEvents'] });
      await tm;
      await rig.transport.publish('requestEvents', [message(3)], { needsConsumer: true });
      await vi.waitFor(() => expect(tm.seen).toEqual([3]), within);
    });

    it('refuses where a consumer is needed and the only subscriber is away, although its messages are kept', async () => {
      const options = { topics: ['requestEvents'], keepForMs: 60_000 } as const;
      const first = await listen('kept', options);
      await rig.transport.publish('requestEvents', [message(1)], { needsConsumer: true });
      await first.close();
      await vi.waitFor(async () => {
        const refused = rig.transport.publish('requestEvents', [message(2)], { needsConsumer: true });
        await expect(refused).rejects.toThrow(/nobody listens/);
      }, within);
      await listen('kept', options);
      await rig.transport.publish('requestEvents', [message(3)], { needsConsumer: true });
    });

    it('keeps messages for a subscriber that is away for the time it asked for', async () => {
      const first = listen('kept', { keepForMs: 60_000 });
      const away = listen('not-kept');
      await rig.transport.publish('notification', [message(0)]).then(() => Promise.all([first, away]));
      await (await first).close();
      await (await away).close();
      await rig.transport.publish('notification', [message(1), message(2)]);
      const again = listen('kept', { keepForMs: 60_000 });
      const forgot = listen('not-kept');
      await Promise.all([again, forgot]);
      await rig.transport.publish('notification', [message(3)]);
      await vi.waitFor(() => expect([again.seen, forgot.seen]).toEqual([[1, 2, 3], [3]]), within);
    });

    it('finishes what was handed over when a subscription closes, and takes nothing after', async () => {
      const done: number[] = [];
      const subscription = await listen('drains', {
        onMessage: async (m) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          done.push(m.seq);
        },
      });
      await rig.transport.publish('notification', [message(1), message(2), message(3)]);
      await vi.waitFor(() => expect(done.length).toBeGreaterThan(0), within);
      await subscription.close();
      expect(done).toEqual([1, 2, 3]);
      await rig.transport.publish('notification', [message(4)]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(done).toEqual([1, 2, 3]);
    });

    it("refuses messages beyond the size limit as the sender's mistake and goes on", async () => {
      const one = listen('big');
      await one;
      await expect(rig.transport.publish('notification', [message(1, 'x'.repeat(9 * 1024 * 1024))])).rejects.toThrow(
        /at most/,
      );
      await rig.transport.publish('notification', [message(2)]);
      await vi.waitFor(() => expect(one.seen).toEqual([2]), within);
    });

    it('refuses everything after close', async () => {
      await rig.transport.close();
      await expect(rig.transport.publish('notification', [message(1)])).rejects.toThrow(TransportUnavailableError);
      await expect(listen('late')).rejects.toThrow(TransportUnavailableError);
      expect(rig.transport.status().connected).toBe(false);
    });

    if (has.path) afterTheConnectionIsLost(() => rig, listen);
  });
}

type Listen = (subscriber: string, more?: Partial<SubscribeOptions>) => Promise<Subscription> & { seen: number[] };

function withPath(rig: TransportRig): Required<TransportRig> {
  if (!rig.path) throw new Error('this adapter was announced with a path');
  return { ...rig, path: rig.path };
}

function afterTheConnectionIsLost(rigOf: () => TransportRig, listen: Listen): void {
  it('subscribes again and says so after the path was cut', async () => {
    const { path, transport } = withPath(rigOf());
    const reconnected = vi.fn<() => void>();
    const one = listen('again', { onReconnected: reconnected });
    await one;
    for (let round = 1; round <= 2; round++) {
      path.cut();
      await vi.waitFor(() => expect(reconnected).toHaveBeenCalledTimes(round), within);
      await vi.waitFor(() => transport.publish('notification', [message(round)]), within);
      await vi.waitFor(() => expect(one.seen).toEqual(Array.from({ length: round }, (_, i) => i + 1)), within);
    }
  });

  it('delivers again what was not acknowledged when the path was cut', async () => {
    const { path, transport } = withPath(rigOf());
    const begun: number[] = [];
    let hold: (() => void) | undefined;
    await listen('redelivery', {
      keepForMs: 60_000,
      onMessage: (m) => {
        begun.push(m.seq);
        return m.seq === 2 && begun.length === 2 ? new Promise<void>((resolve) => (hold = resolve)) : undefined;
      },
    });
    await transport.publish('notification', [message(1), message(2), message(3)]);
    await vi.waitFor(() => expect(begun).toEqual([1, 2]), within);
    path.refuse(true); // else it is back before anybody looks
    path.cut();
    await vi.waitFor(() => expect(transport.status().connected).toBe(false), within);
    path.refuse(false);
    hold?.();
    // The first may come again too: its acknowledgement may have been on the way when the path was cut.
    await vi.waitFor(() => expect(begun.slice(2).filter((seq) => seq !== 1)).toEqual([2, 3]), within);
  });

  it('rejects at once while the endpoint is gone, and rejects what is in flight', async () => {
    const { path, transport } = withPath(rigOf());
    await listen('gone');
    path.refuse(true);
    path.cut();
    await vi.waitFor(() => expect(transport.status().connected).toBe(false), within);
    const before = performance.now();
    await expect(transport.publish('notification', [message(1)])).rejects.toThrow(TransportUnavailableError);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(transport.status().lastError).not.toBe('');
    path.refuse(false);
    await vi.waitFor(() => transport.publish('notification', [message(2)]), within);
  });
}
