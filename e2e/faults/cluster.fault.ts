import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFaultCluster, type FaultCluster, type FaultClusterOptions } from '../support/fault-cluster.js';
import { DrillGround, freshQuota, spanningQuota, type Drill, type Fault } from '../support/fault-drill.js';
import { markdownTable, rowsOfSection, writeSection } from '../support/document.js';
import { clusterFaults, networkFaults, processFaults, storeFaults } from './faults.js';

const drills: Drill[] = [];
/** What two gateways may admit beyond a quota while the other's count is on its way, at the pace of the drill. */
const overshoot = 6;

function drill(name: string, options: FaultClusterOptions, faults: readonly Fault[]): void {
  describe(name, () => {
    let cluster: FaultCluster;
    let ground: DrillGround;
    beforeAll(async () => {
      cluster = await startFaultCluster(options);
      ground = await DrillGround.prepare(cluster);
    });
    afterAll(async () => {
      await ground?.close();
      await cluster?.stop();
    });

    it.each(faults)('$name', async (fault) => {
      const result = await ground.run(fault);
      drills.push(result);
      process.stdout.write(`${JSON.stringify(result)}\n`);
      expect.soft(result.failures, 'no request fails').toBe('');
      expect.soft(result.complaints, 'every node is well and holds the configuration').toEqual([]);
      expect.soft(result.duplicates, 'nothing is counted twice').toBe(0);
      expect.soft(result.fresh, 'a fresh quota is admitted whole').toBeGreaterThanOrEqual(freshQuota);
      expect.soft(result.fresh).toBeLessThanOrEqual(freshQuota + overshoot);
      expect.soft(result.spanning, 'a quota in use is admitted whole').toBeGreaterThanOrEqual(spanningQuota);
      expect.soft(result.spanning).toBeLessThanOrEqual(spanningQuota + overshoot);
      if (result.liveMeanwhileMs !== null) expect.soft(result.liveMeanwhileMs).toBeGreaterThanOrEqual(0);
    });
  });
}

drill('two managers that hand batches on', { gateways: 2, lines: true }, [...processFaults, ...networkFaults]);
drill('two managers that count in Redis', { gateways: 2, sharedCounters: true }, storeFaults);
drill('one cluster of three brokers with quorum queues', { gateways: 2, brokerCluster: true }, clusterFaults);

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

afterAll(() => {
  const today = new Date().toISOString().slice(0, 10);
  const ran = drills.map((one) => [
    one.fault,
    `${one.failed} of ${one.sent}`,
    `${one.slowestMs.toFixed(0)} ms`,
    `${one.managersRestarted && one.lost > 0 ? '≤ ' : ''}${one.lost}`,
    String(one.duplicates),
    one.liveMeanwhileMs === null ? '—' : one.liveMeanwhileMs < 0 ? 'not' : seconds(one.liveMeanwhileMs),
    one.complaints.length > 0 ? 'not' : seconds(one.recoveredMs),
    `${one.spanning} of ${spanningQuota}`,
    `${one.fresh} of ${freshQuota}`,
    today,
  ]);
  const head = [
    'fault',
    'failed requests',
    'slowest',
    'requests uncounted',
    'counted twice',
    'live meanwhile',
    'recovered',
    'quota in use',
    'fresh quota',
    'run on',
  ];
  // A run of some faults leaves the rows of the others as they are.
  const rows = rowsOfSection('docs/faults.md', 'faults');
  for (const row of ran) rows.set(row[0] ?? '', row);
  const ordered = [...processFaults, ...networkFaults, ...storeFaults, ...clusterFaults].flatMap(({ name }) => {
    const row = rows.get(name);
    return row ? [row] : [];
  });
  if (ran.length > 0) writeSection('docs/faults.md', 'faults', markdownTable(head, ordered));
});
