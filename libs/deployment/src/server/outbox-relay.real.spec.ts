import 'reflect-metadata';
import { createLogger, systemClock } from '@tollgate/base';
import { systemContext, type Database } from '@tollgate/database';
import {
  InProcessTransport,
  TransportUnavailableError,
  type HubMessage,
  type Topic,
  type Transport,
} from '@tollgate/event-hub';
import { freshMysqlDatabase } from '@tollgate/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mariadbRig, sqliteRig, type DatabaseRig } from './database-rig.js';
import { OutboxRelay, type OutboxRelayOptions } from './outbox-relay.js';
import { OutboxReader } from './outbox-reader.js';
import { RecordWriter } from './record-writer.js';
import { HubLease } from './relay-lease.entity.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const ctx = systemContext('carbon.super');
const within = { timeout: 10_000, interval: 10 };

/** A broker whose answers a test can hold back or refuse; everything else is the real in-process hub. */
class SpecBroker {
  readonly hub = new InProcessTransport(log);
  readonly seen: number[] = [];
  refusing = false;
  /** Messages arrive, but the confirm never does. */
  hanging = false;

  async listen(): Promise<this> {
    const topics = ['notification', 'tokenRevocation'] as const;
    await this.hub.subscribe({ subscriber: 'gw', topics, keepForMs: 0, onMessage: (m) => void this.seen.push(m.seq) });
    return this;
  }

  get transport(): Transport {
    const { hub } = this;
    const publish = async (topic: Topic, messages: readonly HubMessage[]): Promise<void> => {
      if (this.refusing) throw new TransportUnavailableError('spec', 'refused');
      await hub.publish(topic, messages);
      if (this.hanging) await new Promise(() => undefined);
    };
    return { publish, subscribe: (o) => hub.subscribe(o), status: () => hub.status(), close: () => hub.close() };
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe.each([
  { name: 'SQLite', make: sqliteRig },
  { name: 'MariaDB', make: async () => mariadbRig(await freshMysqlDatabase()) },
])('outbox relay on $name', ({ make }) => {
  let rig: DatabaseRig;
  let brokers: Map<string, SpecBroker>;
  let relays: OutboxRelay[];
  let written: number;
  const writer = new RecordWriter(systemClock);

  beforeEach(async () => {
    rig = await make();
    written = 0;
    relays = [];
    brokers = new Map();
    for (const name of ['a', 'b']) brokers.set(name, await new SpecBroker().listen());
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    await rig.drop();
  });

  function broker(name: string): SpecBroker {
    return brokers.get(name) ?? expect.unreachable();
  }

  function start(db: Database, urls: readonly string[], more: Partial<OutboxRelayOptions> = {}): OutboxRelay {
    const targets = urls.map((url) => ({ mode: 'failover', urls: [url] }) as const);
    const transportOf = (url: string): Transport => broker(url).transport;
    const relay = new OutboxRelay({
      db,
      records: new RecordWriter(systemClock),
      targets,
      transportOf,
      log,
      clock: systemClock,
      pollMs: 20,
      leaseMs: 400,
      ...more,
    });
    relays.push(relay);
    relay.start();
    return relay;
  }

  async function write(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const n = ++written;
      const topic = n % 3 === 0 ? 'tokenRevocation' : 'notification';
      const key = {
        kind: 'subscription',
        id: `s${n}`,
        organization: 'carbon.super',
        eventType: 'TEST',
        topic,
      } as const;
      await rig.db.transaction(ctx, (tx) => writer.put(tx, key, { n }));
    }
  }

  it('carries every change to every target, in order across topics, and marks it', async () => {
    await write(5);
    const relay = start(rig.db, ['a', 'b']);
    await write(10);
    await vi.waitFor(() => expect([broker('a').seen, broker('b').seen]).toEqual([range(1, 15), range(1, 15)]), within);
    await vi.waitFor(
      async () =>
        expect((await rig.db.manager.findOneByOrFail(HubLease, { name: 'outbox-relay' })).relayedSeq).toBe(15),
      within,
    );
    expect(relay.status()).toMatchObject({ relaying: true, relayedSeq: 15, lastError: '' });
  });

  it('is woken by a commit of its own process at once', async () => {
    const records = new RecordWriter(systemClock);
    start(rig.db, ['a'], { records, pollMs: 5_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const key = { kind: 'api', id: 'x', organization: 'carbon.super', eventType: 'TEST' } as const;
    await rig.db.transaction(ctx, (tx) => records.put(tx, key, { n: 1 }));
    await vi.waitFor(() => expect(broker('a').seen).toEqual([1]), { timeout: 1_000, interval: 5 });
  });

  it('one that another relays for looks once when it is woken, and rests again', async () => {
    const first = start(rig.db, ['a']);
    await vi.waitFor(() => expect(first.status().relaying).toBe(true), within);
    const looks = vi.spyOn(rig.db.manager, 'findOneBy');
    const second = start(rig.db, ['a'], { pollMs: 5_000 });
    await vi.waitFor(() => expect(looks).toHaveBeenCalledTimes(1), within);
    second.poke();
    await vi.waitFor(() => expect(looks).toHaveBeenCalledTimes(2), within);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(looks).toHaveBeenCalledTimes(2);
    looks.mockRestore();
  });

  it('V-37 does not let a target that is away hold up the others, and catches it up from the outbox', async () => {
    broker('b').refusing = true;
    const relay = start(rig.db, ['a', 'b']);
    await write(20);
    await vi.waitFor(() => expect(broker('a').seen).toEqual(range(1, 20)), within);
    expect(broker('b').seen).toEqual([]);
    expect(relay.status().targets.map(({ away }) => away)).toEqual([false, true]);
    broker('b').refusing = false;
    await vi.waitFor(() => expect(broker('b').seen).toEqual(range(1, 20)), within);
  });

  it('calls no target away any more when another relays', async () => {
    broker('a').refusing = true;
    const relay = start(rig.db, ['a']);
    await write(1);
    await vi.waitFor(() => expect(relay.status().targets).toMatchObject([{ away: true }]), within);
    await relay.stop();
    expect(relay.status()).toMatchObject({ relaying: false, targets: [{ away: false }] });
  });

  it('has one relay at a time; another takes over what was sent but not marked: duplicates, never a loss', async () => {
    const second = await rig.again();
    const first = start(rig.db, ['a']);
    await write(3);
    await vi.waitFor(() => expect(broker('a').seen).toEqual([1, 2, 3]), within);
    await vi.waitFor(() => expect(first.status().relayedSeq).toBe(3), within);
    // From here on the first relay's sends arrive, but it never learns of it and cannot mark: as if killed in between.
    broker('a').hanging = true;
    await write(4);
    await vi.waitFor(() => expect(broker('a').seen).toContain(4), within);
    const arrived = broker('a').seen.length;
    vi.spyOn(rig.db.manager, 'createQueryBuilder').mockImplementation(() => {
      throw new Error('the process is dead');
    });
    brokers.set('a', Object.assign(broker('a'), { hanging: false }));
    const other = start(second, ['a']);
    const takenOverAt = performance.now();
    await vi.waitFor(() => expect(other.status().relaying).toBe(true), within);
    expect(performance.now() - takenOverAt).toBeLessThan(2_000);
    await vi.waitFor(() => expect(broker('a').seen.slice(arrived)).toEqual([4, 5, 6, 7]), within);
    vi.restoreAllMocks();
    await vi.waitFor(() => expect(first.status().relaying).toBe(false), within);
    await write(2);
    await vi.waitFor(() => expect(broker('a').seen.slice(arrived + 4)).toEqual([8, 9]), within);
  });

  it('hands over at once when it stops', async () => {
    const second = await rig.again();
    const first = start(rig.db, ['a'], { leaseMs: 60_000 });
    await write(2);
    await vi.waitFor(() => expect(broker('a').seen).toEqual([1, 2]), within);
    const other = start(second, ['a'], { leaseMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(other.status().relaying).toBe(false);
    await first.stop();
    await write(2);
    await vi.waitFor(() => expect(broker('a').seen).toEqual([1, 2, 3, 4]), within);
  });

  it('trims old changes, but keeps the newest and those not yet carried', async () => {
    const clock = { nowMs: () => Date.now() + 2 * 24 * 3_600_000 };
    await write(12);
    start(rig.db, ['a'], { clock, keepRows: 5 });
    await vi.waitFor(() => expect(broker('a').seen).toEqual(range(1, 12)), within);
    await vi.waitFor(async () => expect(await new OutboxReader(rig.db).oldestSeq()).toBe(8), within);
  });
});
