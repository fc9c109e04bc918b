import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelControlPlane, specSchemas } from '../domain/replica-rig.js';
import { DiskWriter } from '../domain/disk-writer.js';
import { Replica } from '../domain/index.js';
import { DiskCopy } from './disk-copy.js';

let dir: string;
let model: ModelControlPlane;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'disk-copy-'));
  model = new ModelControlPlane();
});
afterEach(() => rmSync(dir, { recursive: true }));

const file = (name: 'snapshot.json' | 'journal.ndjson'): string => join(dir, name);

describe('disk copy', () => {
  it('gives back the snapshot and the changes after it, to another process too', async () => {
    model.write('subscription', 'a', { n: 1, text: 'ü\u2028\n' });
    const snapshot = model.snapshot();
    const copy = new DiskCopy(dir);
    await copy.saveSnapshot(snapshot);
    const changes = [model.write('subscription', 'b', { n: 2 }), model.write('subscription', 'a', null)];
    await copy.append(changes);
    await copy.close();
    expect(await new DiskCopy(dir).load()).toEqual({ snapshot, changes });
    expect(statSync(file('snapshot.json')).mode & 0o777).toBe(0o600);
    expect(statSync(file('journal.ndjson')).mode & 0o777).toBe(0o600);
  });

  it('is empty at first', async () => {
    expect(await new DiskCopy(join(dir, 'none')).load()).toBeNull();
  });

  it('survives a journal torn at any byte: a prefix of the changes stands, and appending goes on after it', async () => {
    const snapshot = model.snapshot();
    const changes = Array.from({ length: 6 }, (_, n) =>
      model.write('subscription', `s${n}`, { n, text: 'ä'.repeat(n) }),
    );
    const further = model.write('subscription', 'further', { n: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('', 'garbage', '\0\0\0\n'),
        async (share, tail) => {
          const copy = new DiskCopy(dir);
          await copy.saveSnapshot(snapshot);
          await copy.append(changes);
          await copy.close();
          truncateSync(file('journal.ndjson'), Math.floor(statSync(file('journal.ndjson')).size * share));
          appendFileSync(file('journal.ndjson'), tail);
          const again = new DiskCopy(dir);
          const loaded = (await again.load())?.changes ?? [];
          expect(loaded).toEqual(changes.slice(0, loaded.length));
          if (share === 1) expect(loaded).toHaveLength(6);
          await again.append([further]);
          await again.close();
          expect((await new DiskCopy(dir).load())?.changes).toEqual([...loaded, further]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses a damaged snapshot with a reason', async () => {
    await new DiskCopy(dir).saveSnapshot(model.snapshot());
    const text = readFileSync(file('snapshot.json'), 'utf8');
    for (const broken of ['', text.slice(0, -1), text.replace('"seq":0', '"seq":1'), `x${text}`, 'not a snapshot']) {
      writeFileSync(file('snapshot.json'), broken);
      await expect(new DiskCopy(dir).load(), broken.slice(0, 20)).rejects.toThrow(/damaged/);
    }
  });

  it('keeps the old copy when the writer died before the rename, and the journal of an older snapshot does no harm', async () => {
    const copy = new DiskCopy(dir);
    await copy.saveSnapshot(model.snapshot());
    const old = model.write('subscription', 'a', { n: 1 });
    await copy.append([old]);
    await copy.close();
    const journal = readFileSync(file('journal.ndjson'));
    writeFileSync(`${file('snapshot.json')}.new`, 'half a snapsh');
    expect((await new DiskCopy(dir).load())?.changes).toEqual([old]);
    model.write('subscription', 'a', { n: 2 });
    await new DiskCopy(dir).saveSnapshot(model.snapshot());
    writeFileSync(file('journal.ndjson'), journal); // as a crash between the two renames leaves it
    const replica = new Replica({ schemas: specSchemas, onProblem: () => expect.unreachable() });
    const writer = new DiskWriter(new DiskCopy(dir), createLogger({ level: 'silent', node: 'spec' }), () => null);
    expect(await writer.load(replica)).toBe(true);
    expect(replica.state).toEqual(model.state());
    expect(replica.get('subscription', 'a')).toEqual({ n: 2 });
  });
});
