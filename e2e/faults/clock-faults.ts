import { setTimeout as sleep } from 'node:timers/promises';
import { wrongClock } from '@tollgate/services';
import { freshQuota, type Fault, type Meanwhile, type Observed } from '../support/fault-drill.js';
import { send } from '../support/rest.js';

const minuteMs = 60_000;
const toleranceMs = 2_000;
/** As in the other columns: what the other gateway admits while a count is on its way. */
const overshoot = 6;

/** A quota of each minute is refused until the minute ends, is free again then, and is as large in the next one. */
async function minutesAreRight({ urls, consumer }: Meanwhile): Promise<Observed> {
  const complaints: string[] = [];
  const { token } = await consumer('EachMinute');
  const statuses = (): Promise<number[]> =>
    Promise.all(urls.map(async (url) => (await send('GET', url, { token })).status));
  let admitted = 0;
  await sleep(minuteMs - (Date.now() % minuteMs) + 500);
  let ofMinute = 0;
  for (let minute = 0; minute < 2; minute++) {
    const endMs = Math.ceil((Date.now() + 1) / minuteMs) * minuteMs;
    for (let refused = 0; refused < 3 && Date.now() < endMs - 20_000;) {
      const ok = (await statuses()).filter((status) => status === 200).length;
      ofMinute += ok;
      admitted += ok;
      refused = ok === 0 ? refused + 1 : 0;
      await sleep(100);
    }
    if (ofMinute < freshQuota || ofMinute > freshQuota + overshoot)
      complaints.push(`${ofMinute} of ${freshQuota} were admitted in a minute`);
    let freeAtMs = 0;
    ofMinute = 0; // those that show that it is free are of the next minute
    while (freeAtMs === 0) {
      const ok = (await statuses()).filter((status) => status === 200).length;
      admitted += ok;
      ofMinute += ok;
      if (ok === urls.length || Date.now() > endMs + 20_000) freeAtMs = Date.now();
      else if (ok > 0 && Date.now() < endMs - toleranceMs) complaints.push('a quota that was used up admitted again');
      await sleep(250);
    }
    if (freeAtMs > endMs + toleranceMs) complaints.push(`free ${freeAtMs - endMs} ms after the minute ended`);
    if (freeAtMs < endMs - toleranceMs) complaints.push(`free ${endMs - freeAtMs} ms before the minute ended`);
    await sleep(Math.max(0, endMs + 300 - Date.now()));
  }
  return { complaints, admitted };
}

function clockOff(seconds: number): Fault {
  return {
    name: `the clock of one traffic manager is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`,
    seconds: 5,
    controlPlane: 0,
    begin: async ({ cluster }) => {
      const [first] = cluster.trafficManagers;
      await first.stop();
      await first.start(minuteMs, await wrongClock(seconds));
    },
    meanwhile: minutesAreRight,
    end: async ({ cluster }) => {
      const [first] = cluster.trafficManagers;
      await first.stop();
      await first.start();
    },
  };
}

export const clockFaults: readonly Fault[] = [clockOff(90), clockOff(-90)];
