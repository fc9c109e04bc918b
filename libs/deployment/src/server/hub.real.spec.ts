import 'reflect-metadata';
import { gunzipSync } from 'node:zlib';
import { systemContext, type Database } from '@tollgate/database';
import { freshMysqlDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotSchema } from '../contract/index.js';
import { digestOf, Replica } from '../domain/index.js';
import { specSchemas } from '../domain/replica-rig.js';
import { mariadbRig, sqliteRig, type DatabaseRig } from './database-rig.js';
import { GatewayRegistry } from './gateway-registry.js';
import { HubReader } from './hub-reader.js';
import { OutboxReader } from './outbox-reader.js';
import { RecordWriter } from './record-writer.js';

const ctx = systemContext('carbon.super');
const key = (id: string) =>
  ({ kind: 'subscription', id, organization: 'carbon.super', eventType: 'SUBSCRIPTIONS_UPDATE' }) as const;

describe.each([
  { name: 'SQLite', make: sqliteRig },
  { name: 'MariaDB', make: async () => mariadbRig(await freshMysqlDatabase()) },
])('hub on $name', ({ make }) => {
  let rig: DatabaseRig;
  let db: Database;
  let hub: HubReader;
  const clock = { now: 1_000_000, nowMs: () => clock.now };
  const writer = new RecordWriter(clock);

  beforeAll(async () => {
    rig = await make();
    db = rig.db;
    hub = new HubReader(db);
    await put('first', { n: 0 });
  });
  afterAll(() => rig.drop());

  function put(id: string, value: object): Promise<void> {
    return db.transaction(ctx, (tx) => writer.put(tx, key(id), value));
  }

  it('numbers changes without gaps in commit order, whoever writes at once and whatever is rolled back', async () => {
    const start = (await hub.state()).seq;
    const work = Array.from({ length: 40 }, (_, i) =>
      db
        .transaction(ctx, async (tx) => {
          await writer.put(tx, key(`s${i % 7}`), { n: i });
          if (i % 5 === 0) throw new Error('rolled back');
          if (i % 4 === 0) await writer.remove(tx, key(`s${(i + 3) % 7}`));
        })
        .then(
          () => 1,
          () => 0,
        ),
    );
    const committed = (await Promise.all(work)).reduce<number>((sum, one) => sum + one, 0);
    expect(committed).toBe(32);
    const snapshot = await hub.snapshot();
    expect(snapshot.digest).toBe(digestOf(snapshot.records));
    const outbox = await new OutboxReader(db).after(0, 1_000);
    expect(outbox.map(({ message }) => message.seq)).toEqual(Array.from({ length: snapshot.seq }, (_, i) => i + 1));
    expect(snapshot.seq).toBeGreaterThan(start);
  });

  it('gives changes from which a replica becomes what the snapshot is', async () => {
    const replica = new Replica({ schemas: specSchemas, onProblem: () => undefined });
    const early = await hub.snapshot();
    expect(replica.loadSnapshot(early)).toBeNull();
    await put('s1', { n: 77 });
    await put('s1', { n: 77 }); // equal: writes nothing
    await put('s2', { n: 78 });
    const answer = await hub.changes(early.seq, early.epoch);
    if (answer === 'gone') return expect.unreachable();
    expect(answer.changes).toHaveLength(2);
    expect(replica.applyFetched(answer).need).toBe('nothing');
    expect(replica.state).toEqual(await hub.state());
  });

  it('says gone for another epoch and for what is no longer kept, and nothing new to whoever is ahead', async () => {
    const { seq, epoch } = await hub.state();
    expect(await hub.changes(seq, 'another')).toBe('gone');
    expect(await hub.changes(seq + 5, epoch)).toMatchObject({ seq, changes: [] });
    await new OutboxReader(db).trim(clock.now + 1, seq - 2);
    expect(await hub.changes(0, epoch)).toBe('gone');
    expect(await hub.changes(seq - 2, epoch)).toMatchObject({ changes: [{ seq: seq - 1 }, { seq }] });
  });

  it('makes the snapshot of one state once, and none for a caller who has it', async () => {
    const [one, two] = await Promise.all([hub.snapshotFor(''), hub.snapshotFor('')]);
    expect(one?.etag).toBe(two?.etag);
    expect(snapshotSchema.parse(JSON.parse(gunzipSync(one?.body ?? '').toString()))).toEqual(await hub.snapshot());
    expect(await hub.snapshotFor(one?.etag ?? '')).toEqual({ etag: one?.etag, body: null });
    await put('s3', { n: 99 });
    expect((await hub.snapshotFor(one?.etag ?? '')).body).not.toBeNull();
  });

  it('knows which gateways live, what each serves, and forgets silent ones', async () => {
    const registry = new GatewayRegistry(db, clock);
    const beat = (gatewayId: string) =>
      ({
        payloadType: 'HEARTBEAT',
        gatewayId,
        environmentLabels: ['Default'],
        seq: 5,
        digest: 'd',
        stale: false,
      }) as const;
    expect(await registry.notify(beat('g1'))).toBe(true);
    expect(await registry.notify(beat('g2'))).toBe(true);
    expect(await registry.notify(beat('g1'))).toBe(false);
    const line = {
      gatewayId: 'g1',
      apiId: 'a',
      revisionId: 'r1',
      action: 'DEPLOY',
      deploymentStatus: 'SUCCESS',
    } as const;
    await registry.acknowledge([
      line,
      { ...line, apiId: 'b' },
      { ...line, gatewayId: 'g2', deploymentStatus: 'FAILURE', errorMessage: 'no' },
    ]);
    await registry.acknowledge([
      { ...line, revisionId: 'r2' },
      { ...line, apiId: 'b', action: 'UNDEPLOY' },
    ]);
    const views = await registry.deploymentsOf(['a', 'b', 'c']);
    expect(views.get('a')).toMatchObject({
      live: 1,
      failed: 1,
      gateways: [
        { gatewayId: 'g1', revisionId: 'r2' },
        { gatewayId: 'g2', errorMessage: 'no' },
      ],
    });
    expect(views.get('b')).toMatchObject({ live: 0, failed: 0 });
    expect(views.get('c')).toEqual({ live: 0, failed: 0, gateways: [] });
    // g1 was down while `a` was undeployed: its new life begins without what it said in the former one.
    await registry.notify({ ...beat('g1'), payloadType: 'REGISTER' });
    expect((await registry.deploymentsOf(['a'])).get('a')).toMatchObject({ live: 0, gateways: [{ gatewayId: 'g2' }] });
    await registry.acknowledge([{ ...line, revisionId: 'r3' }]);
    expect((await registry.deploymentsOf(['a'])).get('a')).toMatchObject({ live: 1 });
    clock.now += 31_000;
    await registry.notify(beat('g2'));
    expect((await registry.list()).map(({ gatewayId, alive }) => [gatewayId, alive])).toEqual([
      ['g1', false],
      ['g2', true],
    ]);
    expect((await registry.deploymentsOf(['a'])).get('a')).toMatchObject({ live: 0, failed: 1 });
    expect(await registry.retireSilentGateways(30_000)).toBe(1);
    expect((await registry.list()).map(({ gatewayId }) => gatewayId)).toEqual(['g2']);
    expect(await registry.retireSilentGateways(30_000)).toBe(0);
  });
});
