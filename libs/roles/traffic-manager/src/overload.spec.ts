import { createLogger } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import { Overload } from './overload.js';

const lookEveryMs = 500;

/** A manager that takes `pace` batches a second of a queue that `arrivals` a second fill. */
function managerOf(options: { pace: number; waiting: number }) {
  const state = { nowMs: 0, waiting: options.waiting, pace: options.pace };
  const overload = new Overload(() => state.nowMs, createLogger({ level: 'silent', node: 'spec' }));
  const run = (seconds: number, arrivals: number): void => {
    for (let i = 0; i < seconds * (1_000 / lookEveryMs); i++) {
      state.nowMs += lookEveryMs;
      state.waiting += arrivals / 2;
      while (state.waiting >= 1 && overload.sheds()) state.waiting--; // unread: it costs next to nothing
      for (let taken = 0; taken < state.pace / 2 && state.waiting >= 1; taken++) {
        state.waiting--;
        overload.took();
      }
      overload.look(state.waiting);
    }
  };
  return { overload, state, run };
}

describe('A traffic manager', () => {
  it('that gets ten times what it can take does not fall behind without end, catches up soon, and says how much it gave up', () => {
    const { overload, state, run } = managerOf({ pace: 100, waiting: 0 });
    run(60, 1_000);
    expect(state.waiting).toBeLessThanOrEqual(100 * 10 + 1_000 * 11);
    expect(overload.shedBatches).toBeGreaterThan(60 * 900 - 12_000);
    for (let i = 0; i < 22 && !overload.isShedding; i++) run(0.5, 1_000);
    expect(overload.isShedding).toBe(true);
    run(20, 50);
    expect(state.waiting).toBeLessThan(200);
    const before = overload.shedBatches;
    run(10, 50);
    expect(overload.shedBatches).toBe(before);
    expect(overload.isShedding).toBe(false);
  });

  it('gives up nothing of what an outage left, however long that takes', () => {
    const { overload, state, run } = managerOf({ pace: 100, waiting: 4_000 });
    run(60, 20);
    expect(state.waiting).toBe(0);
    expect(overload.shedBatches).toBe(0);
  });

  it('gives up nothing when it was frozen itself', () => {
    const { overload, state, run } = managerOf({ pace: 1_000, waiting: 0 });
    run(2, 20);
    state.nowMs += 30_000;
    state.waiting += 20_000;
    overload.look(state.waiting);
    run(30, 20);
    expect(state.waiting).toBe(0);
    expect(overload.shedBatches).toBe(0);
  });

  it('gives up nothing of a burst', () => {
    const { overload, state, run } = managerOf({ pace: 100, waiting: 0 });
    run(5, 500);
    run(30, 10);
    expect(state.waiting).toBe(0);
    expect(overload.shedBatches).toBe(0);
  });

  it('gives up nothing of what comes after its queue was lost', () => {
    const { overload, state } = managerOf({ pace: 0, waiting: 5_000 });
    for (let i = 0; i < 30; i++) {
      state.nowMs += lookEveryMs;
      overload.look((state.waiting += 100));
    }
    expect(overload.sheds()).toBe(true);
    overload.look(null);
    expect(overload.sheds()).toBe(false);
  });

  it('gives up nothing while it does not know what waits', () => {
    const { overload, state } = managerOf({ pace: 0, waiting: 0 });
    for (let i = 0; i < 20; i++) {
      state.nowMs += lookEveryMs;
      overload.look(null);
    }
    expect(overload.sheds()).toBe(false);
  });
});
