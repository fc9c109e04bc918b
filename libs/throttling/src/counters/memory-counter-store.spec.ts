import { describe, expect, it } from 'vitest';
import { keepsTheCounterStoreContract } from './counter-store-contract.js';
import { counterGraceMs } from './counter-store.js';
import { MemoryCounterStore } from './memory-counter-store.js';
import { keepsTheQuotaLessorContract } from './quota-lessor-contract.js';

keepsTheCounterStoreContract('memory', () => Promise.resolve(new MemoryCounterStore()));
keepsTheQuotaLessorContract('memory', () => Promise.resolve(new MemoryCounterStore()));

describe('MemoryCounterStore', () => {
  const window = { windowStartMs: 0, windowEndMs: 60_000 };

  it('forgets counters after their window and a grace', () => {
    const store = new MemoryCounterStore();
    store.addNow({ publisher: 'p', seq: 1, part: 0 }, [{ key: 'a', by: 1, ...window }]);
    store.sweep(60_000 + counterGraceMs - 1);
    expect(store.stats().counters).toBe(1);
    store.sweep(60_000 + counterGraceMs);
    expect(store.stats().counters).toBe(0);
  });

  it('is bounded and counts what it does not keep', () => {
    const store = new MemoryCounterStore({ maxCounters: 1 });
    const increments = ['a', 'b'].map((key) => ({ key, by: 1, ...window }));
    store.addNow({ publisher: 'p', seq: 1, part: 0 }, increments);
    expect(store.stats()).toEqual({ counters: 1, dropped: 1 });
  });

  it('counts a lease again after a restart, once', () => {
    const [before, after] = [new MemoryCounterStore(), new MemoryCounterStore()];
    const asked = { holder: 'a', key: 'k', quota: 100, granted: 0, returned: 0, used: 0, want: 7, ...window };
    const { counted } = before.leaseNow(asked);
    if (!counted) throw new Error('Nothing was counted.');
    expect(after.addNow(counted.part, [counted.increment]).counts).toEqual([7]);
    expect(after.addNow(counted.part, [counted.increment])).toEqual({ counts: [7], duplicate: true });
    expect(before.leaseNow({ ...asked, granted: 7, want: 0 }).counted).toBeNull();
  });

  it('goes on where a peer is: counts and what was seen', () => {
    const [peer, joining] = [new MemoryCounterStore(), new MemoryCounterStore()];
    peer.addNow({ publisher: 'p', seq: 7, part: 0 }, [{ key: 'a', by: 3, ...window }]);
    joining.load(peer.openWindows());
    const again = joining.addNow({ publisher: 'p', seq: 7, part: 0 }, [{ key: 'a', by: 3, ...window }]);
    expect(again).toEqual({ counts: [3], duplicate: true });
    expect(joining.addNow({ publisher: 'p', seq: 6, part: 0 }, [{ key: 'a', by: 1, ...window }]).counts).toEqual([4]);
  });
});
