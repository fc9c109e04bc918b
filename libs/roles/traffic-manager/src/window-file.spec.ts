import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import { MemoryCounterStore } from '@tollgate/throttling/counters';
import { noRuleStates, type ReceivedBatch, type RuleStates } from '@tollgate/throttling/traffic-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Counting } from './counting-state.js';
import { WindowFile } from './window-file.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const hourMs = 3_600_000;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tollgate-windows-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const part = { publisher: 'gateway-1', seq: 1, part: 0 };
const counter = (by: number, windowStartMs = 0) => ({
  key: 'k',
  by,
  windowStartMs,
  windowEndMs: windowStartMs + hourMs,
});

function process(nowMs: number) {
  const store = new MemoryCounterStore();
  const rules = { held: noRuleStates };
  const engine = { saveRules: () => rules.held, loadRules: (states: RuleStates) => void (rules.held = states) };
  const counting = new Counting(store, engine);
  const file = new WindowFile(join(dir, 'new', 'folder'), { counting, clock: { nowMs: () => nowMs }, log });
  return { store, rules, file };
}

function batch(seq: number): ReceivedBatch {
  return { publisher: 'gateway-1', seq, data: { events: [], handedOn: false } };
}

/** Numbers of the batches that a process finds when it starts. */
async function replayed(): Promise<number[]> {
  const seqs: number[] = [];
  await process(2_000).file.replay(async ({ seq }) => void seqs.push(seq));
  return seqs;
}

describe('batches after the last save', () => {
  it('are told to the next process as they came', async () => {
    const { file } = process(1_000);
    await file.append(batch(1));
    await file.append(batch(2));
    const found: ReceivedBatch[] = [];
    await process(2_000).file.replay(async (one) => void found.push(one));
    expect(found.map(({ seq, data }) => [seq, data.handedOn])).toEqual([
      [1, false],
      [2, false],
    ]);
    await file.close();
  });

  it('stand beside leases, which are counted again, each once, also after those that came back', async () => {
    const { file, store } = process(1_000);
    const asked = { holder: 'h', quota: 100, granted: 0, returned: 0, used: 0, want: 0, key: 'k' };
    const lease = async (more: object): Promise<void> => {
      const { counted } = store.leaseNow({ ...asked, windowStartMs: 0, windowEndMs: hourMs, ...more });
      if (counted) await file.append(counted);
    };
    await lease({ want: 7 });
    await file.append(batch(1));
    await lease({ granted: 7, returned: 3, used: 4 });
    const after = process(2_000);
    const count = async ({ seq }: ReceivedBatch) => expect(seq).toBe(1);
    await after.file.replay(count);
    await after.file.replay(count);
    expect(after.store.openWindows().counters).toMatchObject([{ key: 'k', count: 4 }]);
    await file.close();
  });

  it('are only those that the saved windows do not hold', async () => {
    const { file, store } = process(1_000);
    await file.append(batch(1));
    store.addNow(part, [counter(7)]);
    await file.save();
    await file.append(batch(2));
    expect(await replayed()).toEqual([2]);
    await file.close();
  });

  it('end where the kill cut a line short', async () => {
    const { file } = process(1_000);
    await file.append(batch(1));
    await file.close();
    const folder = join(dir, 'new', 'folder');
    const [name = ''] = readdirSync(folder);
    appendFileSync(join(folder, name), '{"publisher":"gateway-1","se');
    expect(await replayed()).toEqual([1]);
  });
});

describe('open windows on disk', () => {
  it('are there after a restart, with the batches that are in them', async () => {
    const before = process(1_000);
    before.store.addNow(part, [counter(7)]);
    await before.file.save();
    const after = process(2_000);
    await after.file.load();
    expect(after.store.addNow(part, [counter(7)])).toEqual({ counts: [7], duplicate: true });
    expect(after.store.addNow({ ...part, seq: 2 }, [counter(1)]).counts).toEqual([8]);
  });

  it('stand beside what the custom rules hold', async () => {
    const before = process(1_000);
    const state = { cells: 1, queries: ['any'] };
    before.rules.held = { rules: [{ ruleId: 'r', query: 'q', held: [['k', 5]], state }], seen: { publishers: [] } };
    await before.file.save();
    const after = process(2_000);
    await after.file.load();
    expect(after.rules.held).toEqual(before.rules.held);
  });

  it('are left out when they are over', async () => {
    const before = process(1_000);
    before.store.addNow(part, [counter(7), counter(3, hourMs)]);
    await before.file.save();
    const after = process(hourMs);
    await after.file.load();
    expect(after.store.stats().counters).toBe(1);
  });

  it('do not keep a process from starting when they are missing or damaged', async () => {
    const { store, file } = process(1_000);
    await file.load();
    await file.save();
    writeFileSync(join(dir, 'new', 'folder', 'windows.json'), '{"counters":[{"key":1}]');
    await file.load();
    expect(store.stats().counters).toBe(0);
  });
});
