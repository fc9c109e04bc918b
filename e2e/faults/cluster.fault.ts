import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFaultCluster, type FaultCluster, type FaultClusterOptions } from '../support/fault-cluster.js';
import { DrillGround, freshQuota, spanningQuota, type Drill, type Fault } from '../support/fault-drill.js';
import { markdownTable, rowsOfSection, writeSection } from '../support/document.js';
import { clusterFaults } from './broker-cluster-faults.js';
import { clockFaults } from './clock-faults.js';
import { databaseFaults, diskFaults } from './database-faults.js';
import { networkFaults } from './network-faults.js';
import { processFaults } from './process-faults.js';
import { storeFaults } from './store-faults.js';

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

    const longest = Math.max(...faults.map(({ seconds }) => seconds));
    const timeout = longest * 1_000 + 600_000;
    it.each(faults)('$name', { timeout }, async (fault) => {
      const result = await ground.run(fault);
      drills.push(result);
      process.stdout.write(`${JSON.stringify(result)}\n`);
      expect.soft(result.failures, 'no request fails').toBe('');
      expect.soft(result.complaints, 'every node is well and holds the configuration').toEqual([]);
      expect.soft(result.duplicates, 'nothing is counted twice').toBe(0);
      expect.soft(result.fresh, 'a fresh quota is admitted whole').toBeGreaterThanOrEqual(freshQuota);
      expect.soft(result.fresh).toBeLessThanOrEqual(freshQuota + overshoot);
      expect.soft(result.spanning, 'a quota in use is admitted whole').toBeGreaterThanOrEqual(spanningQuota);
      // What was given up of it is not known, but each gateway keeps the quota by itself.
      const spanningLimit = fault.givesUpCounts ? 2 * spanningQuota : spanningQuota + overshoot;
      expect.soft(result.spanning).toBeLessThanOrEqual(spanningLimit);
      if (result.liveMeanwhileMs !== null) expect.soft(result.liveMeanwhileMs).toBeGreaterThanOrEqual(0);
    });
  });
}

/** Each cluster with what befalls it, in the order of the table. */
const grounds: readonly { name: string; options: FaultClusterOptions; faults: readonly Fault[] }[] = [
  {
    name: 'two managers that hand batches on',
    options: { gateways: 2, lines: true },
    faults: [...processFaults, ...clockFaults, ...databaseFaults, ...networkFaults],
  },
  { name: 'a database on a small disk', options: { gateways: 2, databaseDisk: '220m' }, faults: diskFaults },
  { name: 'two managers that count in Redis', options: { gateways: 2, sharedCounters: true }, faults: storeFaults },
  {
    name: 'one cluster of three brokers with quorum queues',
    options: { gateways: 2, brokerCluster: true },
    faults: clusterFaults,
  },
];
const isLong = process.env['TOLLGATE_FAULTS_LONG'] !== undefined;
for (const { name, options, faults } of grounds) {
  const chosen = isLong ? faults.flatMap(lasting) : faults;
  if (chosen.length > 0) drill(name, options, chosen);
}

/** The same fault for as long as an outage may take; none where that shows nothing more. */
function lasting(fault: Fault): Fault[] {
  const { longSeconds } = fault;
  if (longSeconds === undefined) return [];
  return [{ ...fault, name: `${fault.name}, for ${longSeconds / 60} minutes`, seconds: longSeconds }];
}

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
  const ordered = grounds
    .flatMap(({ faults }) => [...faults, ...faults.flatMap(lasting)])
    .flatMap(({ name }) => {
      const row = rows.get(name);
      return row ? [row] : [];
    });
  if (ran.length > 0) writeSection('docs/faults.md', 'faults', markdownTable(head, ordered));
});
