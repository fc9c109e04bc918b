import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf, hashRecord } from './record-hash.js';
import { ModelControlPlane, specSchemas } from './replica-rig.js';
import type { ReplicaProblem } from './record-view.js';
import { Replica } from './replica.js';

let problems: ReplicaProblem[];
let replica: Replica<typeof specSchemas>;
let model: ModelControlPlane;

beforeEach(() => {
  problems = [];
  replica = new Replica({ schemas: specSchemas, onProblem: (problem) => problems.push(problem) });
  model = new ModelControlPlane();
});

function values(): Record<string, unknown> {
  return Object.fromEntries(replica.all('subscription'));
}

function load(): void {
  expect(replica.loadSnapshot(model.snapshot())).toBeNull();
}

describe('replica', () => {
  it('applies changes in order, ignores repeated ones, and keeps the digest of the control plane', () => {
    load();
    const first = model.write('subscription', 's1', { n: 1 });
    const second = model.write('subscription', 's2', { n: 2 });
    const third = model.write('subscription', 's1', null);
    for (const { seq, change } of [first, second, first, third, second])
      expect(replica.apply(seq, change).need).toBe('nothing');
    expect(values()).toEqual({ s2: { n: 2 } });
    expect(replica.state).toEqual(model.state());
  });

  it('keeps what came early, asks for the missing one, and goes on by itself when it comes', () => {
    load();
    const [a, b, c] = [1, 2, 3].map((n) => model.write('subscription', 's', { n }));
    if (!a || !b || !c) return expect.unreachable();
    expect(replica.apply(c.seq, c.change)).toEqual({ applied: [], need: 'changes' });
    expect(replica.apply(b.seq, b.change)).toEqual({ applied: [], need: 'changes' });
    expect(values()).toEqual({});
    expect(replica.apply(a.seq, a.change)).toEqual({ applied: [a, b, c], need: 'nothing' });
    expect(values()).toEqual({ s: { n: 3 } });
  });

  it('takes changes that came before the snapshot into account after it', () => {
    model.write('subscription', 's', { n: 1 });
    const snapshot = model.snapshot();
    const later = model.write('subscription', 's', { n: 2 });
    expect(replica.apply(later.seq, later.change).need).toBe('snapshot');
    expect(replica.loadSnapshot(snapshot)).toBeNull();
    expect(replica.state).toEqual(model.state());
    expect(values()).toEqual({ s: { n: 2 } });
  });

  it('wants a snapshot when another epoch speaks, and mixes nothing of the two', () => {
    model.write('subscription', 's', { n: 1 });
    load();
    const other = new ModelControlPlane('epoch-2');
    other.write('subscription', 'x', { n: 9 });
    const next = other.write('subscription', 'y', { n: 10 });
    expect(replica.apply(next.seq, next.change)).toEqual({ applied: [], need: 'snapshot' });
    expect(replica.compare(other.state())).toBe('snapshot');
    expect(values()).toEqual({ s: { n: 1 } });
    expect(replica.loadSnapshot(other.snapshot())).toBeNull();
    expect(values()).toEqual({ x: { n: 9 }, y: { n: 10 } });
    expect(replica.state).toEqual(other.state());
  });

  it('refuses snapshots that are empty, older, damaged, doubled or at odds with their digest, and keeps the good data', () => {
    model.write('subscription', 's', { n: 1 });
    const older = model.snapshot();
    model.write('subscription', 's', { n: 2 });
    model.write('subscription', 't', { n: 3 });
    load();
    const good = model.snapshot();
    const [record] = good.records;
    if (!record) return expect.unreachable();
    const bad = {
      empty: { ...good, seq: 99, records: [], digest: digestOf([]) },
      older,
      damaged: { ...good, records: [{ ...record, value: '{"n":7}' }, ...good.records.slice(1)] },
      gone: { ...good, records: [{ ...record, value: null, hash: '' }] },
      doubled: { ...good, records: [...good.records, record, record] },
      digest: { ...good, digest: digestOf([record]) },
    };
    for (const [name, snapshot] of Object.entries(bad)) expect(replica.loadSnapshot(snapshot), name).not.toBeNull();
    expect(values()).toEqual({ s: { n: 2 }, t: { n: 3 } });
    expect(replica.state).toEqual(model.state());
    expect(replica.loadSnapshot(older, { allowOlder: true })).toBeNull();
    expect(values()).toEqual({ s: { n: 1 } });
  });

  it('never applies a change whose value does not match its hash, and asks for it again', () => {
    load();
    const { seq, change } = model.write('subscription', 's', { n: 1 });
    const forged = { ...change, record: { ...change.record, value: '{"n":2}' } };
    expect(replica.apply(seq, forged)).toEqual({ applied: [], need: 'changes' });
    expect(values()).toEqual({});
    expect(replica.applyFetched({ ...model.changes(0), changes: [{ seq, change: forged }] }).need).toBe('snapshot');
    expect(replica.applyFetched(model.changes(0)).need).toBe('nothing');
    expect(values()).toEqual({ s: { n: 1 } });
  });

  it('notices that it differs although the number is the same', () => {
    model.write('subscription', 's', { n: 1 });
    load();
    expect(replica.compare(model.state())).toBe('nothing');
    expect(replica.compare({ ...model.state(), digest: hashRecord('api', 'x', 'y') })).toBe('snapshot');
    expect(replica.compare({ ...model.state(), seq: 5 })).toBe('changes');
    expect(replica.compare({ ...model.state(), seq: 0 })).toBe('backwards');
    expect(replica.applyFetched({ ...model.changes(1), digest: hashRecord('api', 'x', 'y') }).need).toBe('snapshot');
  });

  it('asks for the snapshot when the fetched changes do not close the gap', () => {
    load();
    model.write('subscription', 'a', { n: 1 });
    model.write('subscription', 'b', { n: 2 });
    const holed = { ...model.changes(0), changes: model.log.slice(1) };
    expect(replica.applyFetched(holed)).toEqual({ applied: [], need: 'snapshot' });
  });

  it('keeps a value that does not match its schema out of the view, reports it, and applies the others', () => {
    model.write('subscription', 'good', { n: 1 });
    model.write('subscription', 'bad', { n: 'one' });
    load();
    expect(values()).toEqual({ good: { n: 1 } });
    expect(problems).toMatchObject([{ type: 'record-rejected', kind: 'subscription', id: 'bad' }]);
    const worse = model.write('subscription', 'good', { n: null });
    replica.apply(worse.seq, worse.change);
    expect(values()).toEqual({ good: { n: 1 } }); // the last good one
    expect([...replica.rejected.keys()]).toEqual(['subscription bad', 'subscription good']);
    expect(replica.state).toEqual(model.state());
    for (const id of ['good', 'bad']) {
      const healed = model.write('subscription', id, { n: 5 });
      replica.apply(healed.seq, healed.change);
    }
    expect(values()).toEqual({ good: { n: 5 }, bad: { n: 5 } });
    expect(replica.rejected.size).toBe(0);
  });

  it('tells listeners what changed, once per load or run, and survives one that throws', () => {
    model.write('subscription', 'a', { n: 1 });
    model.write('subscription', 'b', { n: 1 });
    load();
    const told: unknown[] = [];
    replica.onChange(() => {
      throw new Error('broken listener');
    });
    const stop = replica.onChange((changes) => told.push(changes));
    model.write('subscription', 'a', { n: 2 });
    model.write('subscription', 'b', null);
    model.write('api', 'not-of-interest', { n: 2 });
    load();
    const common = { kind: 'subscription', organization: 'carbon.super' };
    const changedA = { ...common, id: 'a', before: { n: 1 }, after: { n: 2 } };
    const removedB = { ...common, id: 'b', before: { n: 1 }, after: null };
    expect(told).toEqual([[removedB, changedA]]);
    expect(problems).toMatchObject([{ type: 'listener-failed' }]);
    stop();
    const { seq, change } = model.write('subscription', 'c', { n: 1 });
    replica.apply(seq, change);
    expect(told).toHaveLength(1);
    expect(replica.get('subscription', 'c')).toEqual({ n: 1 });
  });
});

describe('replica against a model', () => {
  const writes = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.option(fc.integer({ min: 0, max: 3 }))), {
    minLength: 1,
    maxLength: 30,
  });

  it('ends equal to the control plane, whatever was lost, doubled or out of order, when it does what it says it needs', () => {
    fc.assert(
      fc.property(writes, fc.nat(30), fc.infiniteStream(fc.nat(1_000)), (operations, snapshotAt, dice) => {
        const plane = new ModelControlPlane();
        const copy = new Replica({ schemas: specSchemas, onProblem: () => expect.unreachable() });
        const wire = operations.flatMap(([id, n], i) => {
          if (i === snapshotAt) expect(copy.loadSnapshot(plane.snapshot())).toBeNull();
          const change = plane.write('subscription', id, n === null ? null : { n });
          const roll = (dice.next().value ?? 0) % 4;
          return roll === 0 ? [] : roll === 1 ? [change, change] : [change];
        });
        const arrived = wire
          .map((change) => ({ change, at: change.seq + ((dice.next().value ?? 0) % 6) }))
          .toSorted((x, y) => x.at - y.at);
        for (const { change } of arrived) {
          const { need } = copy.apply(change.seq, change.change);
          const heals = (dice.next().value ?? 0) % 3 === 0;
          if (heals && need === 'changes') copy.applyFetched(plane.changes(copy.state?.seq ?? 0));
          if (heals && need === 'snapshot') copy.loadSnapshot(plane.snapshot());
          if (copy.state) {
            // Never wrong on the way: its digest is that of its own records, and its number was one of the plane's.
            expect(copy.state.digest).toBe(digestOf(copy.snapshot()?.records ?? []));
            expect(copy.state.seq).toBeLessThanOrEqual(plane.state().seq);
          }
        }
        const verdict = copy.compare(plane.state());
        if (verdict === 'snapshot') expect(copy.loadSnapshot(plane.snapshot())).toBeNull();
        if (verdict === 'changes') expect(copy.applyFetched(plane.changes(copy.state?.seq ?? 0)).need).toBe('nothing');
        expect(copy.state).toEqual(plane.state());
        expect(Object.fromEntries(copy.all('subscription'))).toEqual(
          Object.fromEntries([...plane.records.values()].map((r) => [r.id, JSON.parse(r.value)])),
        );
      }),
      { numRuns: 500 },
    );
  });
});
