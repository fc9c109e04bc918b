import { createLogger } from '@tollgate/base';
import { afterEach, expect, it, vi } from 'vitest';
import { nodeReportSchema, type NodeReport } from '../contract/index.js';
import { NodeReporter } from './node-reporter.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const report = nodeReportSchema.parse({
  nodeId: 'gw',
  role: 'gateway',
  startedAt: 1,
  seq: 1,
  digest: 'd',
  stale: false,
});
let reporter: NodeReporter;
afterEach(() => reporter.stop());

function reporting(send: (report: NodeReport) => Promise<void>, everyMs?: number): void {
  reporter = new NodeReporter({ send, report: () => report, log, ...(everyMs === undefined ? {} : { everyMs }) });
  reporter.start();
}

it('reports at once, regularly, and says goodbye', async () => {
  const said: boolean[] = [];
  reporting(async ({ leaving }) => void said.push(leaving), 20);
  await vi.waitFor(() => expect(said.length).toBeGreaterThan(3));
  await reporter.stop();
  expect(said.at(-1)).toBe(true);
  expect(said.slice(0, -1)).not.toContain(true);
});

it('reports soon after a change, once for a burst, also when it comes during a report', async () => {
  let sent = 0;
  let finish: () => void = () => undefined;
  reporting(() => {
    sent++;
    return sent === 1 ? new Promise((resolve) => (finish = resolve)) : Promise.resolve();
  });
  await vi.waitFor(() => expect(sent).toBe(1));
  for (let i = 0; i < 10; i++) reporter.soon();
  finish();
  await vi.waitFor(() => expect(sent).toBe(2), { timeout: 2_000 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(sent).toBe(2);
});

it('reports soon after a change was taken over', async () => {
  let seq = 1;
  const sent: number[] = [];
  reporter = new NodeReporter({
    send: async (said) => void sent.push(said.seq),
    report: () => ({ ...report, seq }),
    seqOf: () => seq,
    log,
  });
  reporter.start();
  await vi.waitFor(() => expect(sent).toEqual([1]));
  seq = 2;
  await vi.waitFor(() => expect(sent).toEqual([1, 2]), { timeout: 3_000 });
});

it('goes on when the control plane is away, and is heard when it is back', async () => {
  let tries = 0;
  let heard = 0;
  reporting(async () => {
    if (++tries < 3) throw new Error('away');
    heard++;
  }, 20);
  await vi.waitFor(() => expect(heard).toBeGreaterThan(0), { timeout: 5_000 });
});
