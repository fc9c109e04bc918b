import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DecisionTable,
  LeaseBook,
  LocalQuota,
  windowOf,
  type LeaseAnswer,
  type LeaseRequest,
  type QuotaLevel,
  type QuotaLessor,
} from '../domain/index.js';
import { MemoryCounterStore } from './memory-counter-store.js';

const hour = { unitTime: 1, timeUnit: 'hour' } as const;
const levels = (quota: number): QuotaLevel[] =>
  ['plan', 'application'].map((key) => {
    const kept = { quota, enforced: true, shared: true, degradedMode: 'closed' } as const;
    return { key, leaseKey: key, ...hour, ...kept };
  });

/** A request on its way to the store, or the answer on its way back; either may be lost. */
interface Flight {
  readonly request: LeaseRequest;
  answer: LeaseAnswer | null;
  readonly resolve: (answer: LeaseAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Several gateways and one store, whose every message arrives when the test says so. */
class Installation {
  nowMs = Date.parse('2026-01-05T10:00:00Z');
  readonly store = new MemoryCounterStore();
  readonly flights: Flight[] = [];
  readonly admitted = new Map<number, number>();
  #gateways: { quota: LocalQuota; book: LeaseBook }[];
  #made = 0;

  constructor(
    gateways: number,
    private readonly quota: number,
  ) {
    this.#gateways = Array.from({ length: gateways }, () => this.#gateway());
  }

  get gateways(): number {
    return this.#gateways.length;
  }

  /** One request at a gateway; it looks again when an answer comes. */
  request(gateway: number): void {
    const { quota } = this.#gateways[gateway % this.gateways] ?? this.#gateway();
    const look = (): void => {
      const over = quota.admit(levels(this.quota), this.nowMs, []);
      if (over?.asked) void over.asked.then(look);
      else if (over === null) {
        const { startMs } = windowOf(hour, this.nowMs);
        this.admitted.set(startMs, (this.admitted.get(startMs) ?? 0) + 1);
      }
    };
    look();
  }

  move(which: number, what: 'arrive' | 'answer' | 'lose'): void {
    const at = which % Math.max(this.flights.length, 1);
    const flight = this.flights[at];
    if (!flight) return;
    if (what === 'arrive' || what === 'answer') flight.answer ??= this.store.leaseNow(flight.request).answer;
    if (what === 'arrive') return;
    this.flights.splice(at, 1);
    if (what === 'answer' && flight.answer) flight.resolve(flight.answer);
    else flight.reject(new Error('lost'));
  }

  pass(ms: number): void {
    this.nowMs += ms;
    for (const { book } of this.#gateways) book.tick();
    this.store.sweep(this.nowMs);
  }

  /** The gateway dies with what it holds, and another starts in its place. */
  kill(gateway: number): void {
    this.#gateways = this.#gateways.map((one, i) => (i === gateway % this.gateways ? this.#gateway() : one));
  }

  get most(): number {
    return Math.max(0, ...this.admitted.values());
  }

  #gateway(): { quota: LocalQuota; book: LeaseBook } {
    const lessor: QuotaLessor = {
      lease: (request) =>
        new Promise<LeaseAnswer>((resolve, reject) => {
          this.flights.push({ request, answer: null, resolve, reject });
        }),
    };
    const holder = `gateway-${++this.#made}`;
    const book = new LeaseBook({ lessor, holder, nowMs: () => this.nowMs, answerWithinMs: 60_000 });
    return { book, quota: new LocalQuota(new DecisionTable(), { leases: book }) };
  }
}

const chosen = fc.nat({ max: 1_000 });
const calm = [
  { weight: 6, arbitrary: chosen.map((n) => (all: Installation) => all.request(n)) },
  { weight: 3, arbitrary: chosen.map((n) => (all: Installation) => all.move(n, 'answer')) },
  { weight: 2, arbitrary: chosen.map((n) => (all: Installation) => all.move(n, 'arrive')) },
  { weight: 2, arbitrary: fc.nat({ max: 400 }).map((ms) => (all: Installation) => all.pass(ms)) },
];
const lost = { weight: 1, arbitrary: chosen.map((n) => (all: Installation) => all.move(n, 'lose')) };
const rough = [
  ...calm,
  lost,
  { weight: 1, arbitrary: chosen.map((n) => (all: Installation) => all.kill(n)) },
  { weight: 1, arbitrary: fc.nat({ max: 1_800_000 }).map((ms) => (all: Installation) => all.pass(ms)) },
];
const steps = (kinds: typeof calm) => fc.array(fc.oneof(...kinds), { maxLength: 120 });
const gateways = fc.integer({ min: 1, max: 4 });
const quotas = fc.integer({ min: 1, max: 60 });

async function run(all: Installation, script: readonly ((all: Installation) => void)[]): Promise<void> {
  for (const step of script) {
    step(all);
    await nextTurn();
  }
}

/** Requests at these gateways in turn, every message delivered, until the quota is used up and for a while longer. */
async function demand(all: Installation, quota: number, gateways: readonly number[], turns: number): Promise<void> {
  let after = 0;
  for (let i = 0; i < turns && after < 30; i++) {
    if (all.most >= quota) after++;
    for (const gateway of gateways) all.request(gateway);
    for (let moved = 0; moved < 20 && all.flights.length > 0; moved++) {
      all.move(0, 'answer');
      await nextTurn();
    }
    await nextTurn();
    all.pass(50);
  }
}

describe('gateways that lease', () => {
  it('never admit more than the quota of a window, whatever is late, lost, repeated or killed', async () => {
    await fc.assert(
      fc.asyncProperty(gateways, quotas, steps(rough), async (count, quota, script) => {
        const all = new Installation(count, quota);
        await run(all, script);
        await demand(all, quota, [0, 1, 2, 3], 60);
        expect(all.most).toBeLessThanOrEqual(quota);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('admit all of the quota while anybody asks for more, whatever was late or lost before', async () => {
    await fc.assert(
      fc.asyncProperty(gateways, quotas, chosen, steps([...calm, lost]), async (count, quota, only, script) => {
        const all = new Installation(count, quota);
        await run(all, script);
        await demand(all, quota, [only], 400); // from now on nothing is lost, and one gateway alone has demand
        expect(all.most).toBe(quota);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
