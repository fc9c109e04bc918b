import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { recentMs, RecentLoader } from './recent-loader.js';

function table(rows: Map<string, string>) {
  const db = { commits: 0 };
  const asked: (readonly string[])[] = [];
  let during: (() => void) | null = null;
  const loader = new RecentLoader<string>(db, async (keys) => {
    asked.push(keys);
    const seen = new Map(rows);
    during?.();
    return seen;
  });
  return { db, asked, loader, duringNext: (what: () => void) => void (during = what) };
}

describe('a loader that remembers for a moment', () => {
  it('asks once, until the moment is over', async () => {
    const { loader, asked } = table(new Map([['a', '1']]));
    for (let i = 0; i < 5; i++) expect(await loader.load('a')).toBe('1');
    expect(asked).toHaveLength(1);
    await wait(recentMs + 20);
    await loader.load('a');
    expect(asked).toHaveLength(2);
  });

  it('forgets with each commit of this process', async () => {
    const rows = new Map([['a', 'old']]);
    const { db, loader } = table(rows);
    expect(await loader.load('a')).toBe('old');
    rows.set('a', 'new');
    db.commits++;
    expect(await loader.load('a')).toBe('new');
  });

  it('does not remember what was read while something was committed', async () => {
    const rows = new Map([['a', 'old']]);
    const { db, loader, duringNext } = table(rows);
    duringNext(() => {
      rows.set('a', 'new');
      db.commits++;
    });
    expect(await loader.load('a')).toBe('old');
    expect(await loader.load('a')).toBe('new');
  });

  it('finds at once what was not there', async () => {
    const rows = new Map<string, string>();
    const { loader } = table(rows);
    expect(await loader.load('a')).toBeNull();
    rows.set('a', '1');
    expect(await loader.load('a')).toBe('1');
  });
});
