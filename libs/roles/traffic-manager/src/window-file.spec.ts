import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import { MemoryCounterStore } from '@tollgate/throttling/counters';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

function process(nowMs: number): { store: MemoryCounterStore; file: WindowFile } {
  const store = new MemoryCounterStore();
  return { store, file: new WindowFile(join(dir, 'new', 'folder'), { store, clock: { nowMs: () => nowMs }, log }) };
}

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
