import { afterAll, beforeAll, describe, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { Caller } from '../support/caller.js';
import { markdownTable, writeSection } from '../support/document.js';
import { startFaultCluster, type FaultCluster } from '../support/fault-cluster.js';
import { measureOvershoot, overshootCases, overshootHead } from '../support/overshoot.js';
import { publishApi } from '../support/product.js';

describe.each([
  { title: 'ordinary', section: 'overshoot', strict: false },
  { title: 'strict', section: 'strict', strict: true },
])('$title', ({ section, strict }) => {
  const rows: string[][] = [];
  let cluster: FaultCluster;
  let backEnd: BackEnd;
  let caller: Caller;
  let apiId: string;

  beforeAll(async () => {
    const gateways = Math.max(...overshootCases.map((one) => one.gateways));
    cluster = await startFaultCluster({ gateways, sharedCounters: strict });
    backEnd = await startBackEnd('only');
    caller = await Caller.signIn(cluster);
    apiId = await publishApi(caller, { name: 'overshoot', url: backEnd.url });
  });
  afterAll(async () => {
    await cluster?.stop();
    await backEnd?.close();
    if (rows.length === overshootCases.length)
      writeSection('docs/performance.md', section, markdownTable(overshootHead, rows));
  });

  it.each(overshootCases)('$gateways gateways, limit $limit, at $factor times the limit', async (one) => {
    rows.push(await measureOvershoot({ cluster, caller, apiId, strict }, one));
  });
});
