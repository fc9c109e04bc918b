import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import type { RequestRecord } from '@tollgate/gateway';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AccessLog } from './access-log.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'access-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const record = (path: string) => ({ path, status: 200 }) as RequestRecord;
const log = createLogger({ level: 'silent', node: 'test' });
function linesOf(file: string): number {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').length;
  } catch {
    return 0;
  }
}

it('each request is one line of JSON, and all are there when it closes', async () => {
  const file = join(folder, 'deep', 'access.log');
  const access = new AccessLog(file, log);
  for (let i = 0; i < 1_000; i++) access.write(record(`/a"\n${i}`));
  access.close();
  await expect.poll(() => linesOf(file)).toBe(1_000);
  const last = readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toEqual(record('/a"\n999'));
});

it('goes on in a new file when the old one was moved away', async () => {
  const file = join(folder, 'access.log');
  const access = new AccessLog(file, log, 100);
  access.write(record('/1'));
  await expect.poll(() => linesOf(file), { timeout: 4_000 }).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 300)); // it has looked
  renameSync(file, `${file}.1`);
  await expect
    .poll(() => (access.write(record('/2')), linesOf(file)), { timeout: 15_000, interval: 100 })
    .toBeGreaterThan(0);
  access.close();
}, 30_000);
