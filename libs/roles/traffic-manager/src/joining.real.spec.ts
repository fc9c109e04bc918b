import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GroupPublisher } from '@tollgate/event-hub';
import { createLogger } from '@tollgate/base';
import type { Decision } from '@tollgate/throttling/contract';
import { amqpUrls } from '@tollgate/testing';
import { describe, expect, it, vi } from 'vitest';
import { connections, listen, org, requests, startManager } from '../test/manager-rig.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const [a = '', b = ''] = amqpUrls();
const keys = Array.from({ length: 40 }, (_, i) => `${i}:bob@carbon.super`);
const within = { timeout: 90_000, interval: 100 };

/** Gateways that send batches of one request per key to one load-balanced group, all at one pace. */
class Publishers {
  readonly #all: readonly { readonly name: string; readonly publisher: GroupPublisher }[];
  #batches = 0;

  constructor(prefix: string, count: number) {
    this.#all = Array.from({ length: count }, () => {
      const transports = connections(prefix);
      const groups = [{ mode: 'loadbalance' as const, urls: [a, b] }];
      return {
        name: randomUUID(),
        publisher: new GroupPublisher({ groups, transportOf: (url) => transports.get(url), log }),
      };
    });
  }

  /** Requests of each key so far. */
  get perKey(): number {
    return this.#batches * this.#all.length;
  }

  async send(batches: number, perSecond: number): Promise<void> {
    const startedMs = performance.now();
    for (let sent = 0; sent < batches;) {
      const due = Math.min(batches, Math.ceil(((performance.now() - startedMs) / 1000) * perSecond));
      for (; sent < due; sent++) this.#sendOne();
      await sleep(5);
    }
  }

  async settle(): Promise<void> {
    for (const { publisher } of this.#all) {
      expect(await publisher.flush(30_000)).toBe(true);
      expect(publisher.status().map(({ dropped }) => dropped)).toEqual([0]);
      await publisher.close();
    }
  }

  #sendOne(): void {
    const seq = ++this.#batches;
    const data = { events: keys.map((key) => requests(1, key)), handedOn: false };
    const common = { seq, type: 'REQUEST_BATCH', organization: org, at: Date.now(), data };
    for (const { name, publisher } of this.#all) {
      publisher.publish('requestEvents', { ...common, id: `${name}/${seq}`, publisher: name });
    }
  }
}

/** The different counts of the keys, of each key the highest that was told. */
function counts(decisions: readonly Decision[]): number[] {
  const highest = new Map<string, number>();
  for (const { throttleKey, count } of decisions) {
    highest.set(throttleKey, Math.max(count, highest.get(throttleKey) ?? 0));
  }
  return [...new Set(keys.map((key) => highest.get(key) ?? 0))];
}

describe('a traffic manager that joins in a burst of several gateways', () => {
  it.each([
    ['as a third one', 'third'],
    ['where it was before, with its disk lost', 'second'],
  ])(
    '%s has the counts of the others when all is read',
    async (_, joins) => {
      const prefix = `spec-${randomUUID()}`;
      const told = Object.fromEntries(
        await Promise.all(
          ['first', 'second', 'third'].map(async (name) => [name, await listen(prefix, [a, b], name)] as const),
        ),
      );
      await startManager(prefix, { own: a, peers: [b] }, undefined, 'first');
      const second = await startManager(prefix, { own: b, peers: [a] }, undefined, 'second');
      const gateways = new Publishers(prefix, 3);
      await gateways.send(100, 100);
      if (joins === 'second') await second.stop();
      const sending = gateways.send(400, 200);
      await sleep(500);
      const wiring = joins === 'second' ? { own: b, peers: [a] } : { own: a, peers: [b] };
      const joined = await startManager(prefix, wiring, undefined, joins);
      await sending;
      await gateways.settle();
      const managers = joins === 'second' ? ['first', 'second'] : ['first', 'second', 'third'];
      const all = [gateways.perKey];
      await vi.waitFor(
        () => expect(managers.map((name) => counts(told[name]!.flat()))).toEqual(managers.map(() => all)),
        within,
      );
      expect(joined.stats().countedRequests).toBeLessThan(gateways.perKey * keys.length); // the rest it was told
    },
    120_000,
  );
});
