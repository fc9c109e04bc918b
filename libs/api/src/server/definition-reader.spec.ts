import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { InvalidDefinitionError } from '../domain/index.js';
import { DefinitionReader } from './definition-reader.js';

let reader: DefinitionReader;
afterEach(() => reader.onModuleDestroy());

const head = 'openapi: 3.0.1\ninfo: { title: Menu, version: 1.0.0 }\n';
const small = `${head}paths:\n  /menu: { get: { responses: { "200": { description: ok } } } }\n`;

/** Longest time in ms during which this thread served nothing else. */
async function longestPause(work: Promise<unknown>): Promise<number> {
  let running = true;
  void work.finally(() => (running = false)).catch(() => undefined);
  let longest = 0;
  while (running) {
    const before = performance.now();
    await delay(5);
    longest = Math.max(longest, performance.now() - before);
  }
  return longest;
}

describe('a definition is read beside the process', () => {
  it('says what it holds', async () => {
    reader = new DefinitionReader();
    const { content, version, versionText, document } = await reader.read(small);
    expect({ version, versionText, title: document['info'] }).toEqual({
      version: '3.0',
      versionText: '3.0.1',
      title: { title: 'Menu', version: '1.0.0' },
    });
    expect(content.operations.map(({ verb, target }) => `${verb} ${target}`)).toEqual(['GET /menu']);
  });

  it('is refused with line and reason', async () => {
    reader = new DefinitionReader();
    const refused = reader.read(`${head}paths:\n  /menu: {}\n  /menu: {}\n`);
    await expect(refused).rejects.toThrow(InvalidDefinitionError);
    await expect(refused).rejects.toMatchObject({
      problems: [{ line: 5, column: 3, reason: 'The name "/menu" is repeated' }],
    });
  });

  it('that is large holds up nobody, and 30,000 names in one place are no attack', async () => {
    reader = new DefinitionReader();
    const names = Array.from({ length: 30_000 }, (_, i) => `  x-${i}: 1\n`).join('');
    const work = reader.read(`${head}paths: {}\nx-names:\n${names}`);
    expect(await longestPause(work)).toBeLessThan(1000);
    expect((await work).document['x-names']).toHaveProperty('x-29999', 1);
  });

  it('that takes too long is refused, and those that wait are read', async () => {
    reader = new DefinitionReader({ timeMs: 2000 });
    const costly = reader.read(`${head}paths: {}\nx-list:\n${'  - { a: 1, b: [2] }\n'.repeat(95_000)}`);
    const next = reader.read(small);
    await expect(costly).rejects.toThrow('could not be read within 2 s');
    expect((await next).content.name).toBe('Menu');
  });

  it('that takes too much memory is refused, and the next is read', async () => {
    reader = new DefinitionReader({ memoryMb: 96 });
    const costly = reader.read(`${head}paths: {}\nx-list:\n${'  - { a: 1, b: [2] }\n'.repeat(95_000)}`);
    await expect(costly).rejects.toThrow('too much memory');
    expect((await reader.read(small)).content.name).toBe('Menu');
  });

  it('keeps its thread only while it is used', async () => {
    reader = new DefinitionReader({ idleMs: 20 });
    await reader.read(small);
    await delay(100);
    expect((await reader.read(small)).content.name).toBe('Menu');
  });
});
