import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBackEnd, type BackEnd } from './back-end.js';
import { Caller } from './caller.js';
import type { FaultCluster } from './fault-cluster.js';
import { complaints, countedRequests } from './nodes.js';
import { applicationPolicy, consumerOf, publishApi, type Consumer } from './product.js';
import { eventually, send } from './rest.js';
import { SteadyLoad } from './steady-load.js';

export interface Fault {
  readonly name: string;
  /** Seconds for which it lasts. */
  readonly seconds: number;
  /** Seconds for which it lasts in `npm run faults:long`; absent: it is not part of that. */
  readonly longSeconds?: number;
  /** Requests of its time may stay uncounted: there is more than can be counted. */
  readonly givesUpCounts?: boolean;
  /** Default 60. */
  readonly recoveredWithinSeconds?: number;
  readonly begin: (cluster: FaultCluster) => Promise<void>;
  /** What an operator or the platform does: start again, thaw, mend. Nothing else is restarted. */
  readonly end: (cluster: FaultCluster) => Promise<void>;
  /** Index of a control plane that works meanwhile; absent: none does. */
  readonly controlPlane?: number;
  /** Gateways that must follow a deployment made meanwhile; default all. */
  readonly following?: (cluster: FaultCluster) => readonly string[];
  /** Looks at what else has to hold during the fault. */
  readonly meanwhile?: (during: Meanwhile) => Promise<Observed>;
}

export interface Meanwhile {
  readonly cluster: FaultCluster;
  /** How long the fault lasts. */
  readonly seconds: number;
  /** Signed in before the fault. */
  readonly caller: Caller;
  /** Of the API under load, one per gateway. */
  readonly urls: readonly string[];
  /** A new one, known to every gateway. */
  readonly consumer: (policy: string) => Promise<Consumer>;
}

export interface Observed {
  readonly complaints: readonly string[];
  /** Requests with a token that gateways admitted for it: they count as well. */
  readonly admitted: number;
}

export interface Drill {
  readonly fault: string;
  readonly sent: number;
  readonly failed: number;
  readonly failures: string;
  readonly slowestMs: number;
  /** Requests admitted and counted by no manager; at most, where a manager was restarted. */
  readonly lost: number;
  readonly managersRestarted: boolean;
  /** Requests that a manager counted beyond those admitted. */
  readonly duplicates: number;
  /** Deployment made during the fault to live at the gateways that can follow; null: no control plane. */
  readonly liveMeanwhileMs: number | null;
  /** From the moment the part is there again to everything well, a new deployment included. */
  readonly recoveredMs: number;
  readonly complaints: readonly string[];
  /** Admitted of a quota of 60 that was in use before, during and after the fault. */
  readonly spanning: number;
  /** Admitted of a fresh quota of 20. */
  readonly fresh: number;
}

export const spanningQuota = 60;
export const freshQuota = 20;
const perSecond = 100;
const recoveryWithinMs = 60_000;

/** Runs faults one after another against one cluster under constant load. */
export class DrillGround {
  /** Answers 200 of the open APIs that show how far deployments are: they count as well. */
  #served = 0;

  private constructor(
    readonly cluster: FaultCluster,
    private readonly backEnd: BackEnd,
    private readonly name: string,
    private readonly apiId: string,
    private readonly loader: Consumer,
  ) {}

  static async prepare(cluster: FaultCluster): Promise<DrillGround> {
    const backEnd = await startBackEnd('only');
    const caller = await Caller.signIn(cluster);
    const name = `drill${randomUUID().slice(0, 6)}`;
    const apiId = await publishApi(caller, { name, url: backEnd.url });
    const day = { unitTime: 1, timeUnit: 'day' };
    await applicationPolicy(caller, 'Load', { requestCount: 10_000_000, ...day });
    await applicationPolicy(caller, 'Spanning', { requestCount: spanningQuota, ...day });
    await applicationPolicy(caller, 'Fresh', { requestCount: freshQuota, ...day });
    await applicationPolicy(caller, 'EachMinute', { requestCount: freshQuota, unitTime: 1, timeUnit: 'min' });
    const loader = await consumerOf(caller, apiId, { name: 'load', policy: 'Load', tokenSeconds: 4 * 3_600 });
    const ground = new DrillGround(cluster, backEnd, name, apiId, loader);
    await ground.#untilServed(loader);
    return ground;
  }

  async close(): Promise<void> {
    await this.backEnd.close();
  }

  async run(fault: Fault): Promise<Drill> {
    const { cluster } = this;
    const caller = await Caller.signIn(cluster);
    const spanning = await this.#knownConsumer('Spanning');
    let observed: Observed = { complaints: [], admitted: 0 };
    await sleep(500);
    this.#served = 0;
    const before = await countedRequests(cluster);
    const pids = this.#managerPids();
    const load = new SteadyLoad({ urls: this.#urls(), token: this.loader.token, perSecond });
    load.start();
    try {
      await sleep(1_000);
      let used = await this.#send(spanning, 20);
      const atFault = await countedRequests(cluster);
      const liveMeanwhileMs = await this.#during(fault, async () => {
        used += await this.#send(spanning, 10);
        const liveMs = fault.controlPlane === undefined ? null : await this.#deployAt(fault);
        const consumer = (policy: string): Promise<Consumer> => this.#knownConsumer(policy);
        observed =
          (await fault.meanwhile?.({ cluster, seconds: fault.seconds, caller, urls: this.#urls(), consumer })) ??
          observed;
        return liveMs;
      });
      const endedMs = performance.now();
      const restarted = this.#managerPids().map((pid, i) => pid !== pids[i]);
      const countedSince = async (): Promise<number[]> =>
        (await countedRequests(cluster)).map((count, i) =>
          restarted[i] ? (atFault[i] ?? 0) - (before[i] ?? 0) + (count ?? 0) : (count ?? 0) - (before[i] ?? 0),
        );
      const left = await this.#untilWell(async () =>
        fault.givesUpCounts ? 0 : load.admitted - this.#known(await countedSince()),
      );
      const live = await this.#deploy(cluster.gateways, await Caller.signIn(cluster));
      const recoveredMs = performance.now() - endedMs;
      const fresh = await this.#exhaust(await this.#consumer('Fresh'), freshQuota);
      const spanned = used + (await this.#exhaust(spanning, spanningQuota));
      const { sent, outcomes, slowestMs } = await load.stop();
      await sleep(1_500);
      const counted = await countedSince();
      const ok = outcomes.get('200') ?? 0;
      const failures = [...outcomes].filter(([outcome]) => outcome !== '200');
      const unavailable = (outcomes.get('502') ?? 0) + (outcomes.get('504') ?? 0); // admitted, then no answer from behind
      const admitted = ok + unavailable + fresh + spanned + this.#served + observed.admitted;
      return {
        fault: fault.name,
        sent,
        failed: sent - ok,
        failures: failures.map(([outcome, count]) => `${count} × ${outcome}`).join(', '),
        slowestMs,
        ...this.#balance(admitted, counted, restarted),
        liveMeanwhileMs,
        recoveredMs,
        complaints: [
          ...(recoveredMs > (fault.recoveredWithinSeconds ?? Infinity) * 1_000 ? ['the recovery took too long'] : []),
          ...observed.complaints,
          ...left,
          ...(live < 0 ? ['the new deployment did not reach every gateway'] : []),
        ],
        spanning: spanned,
        fresh,
      };
    } finally {
      await load.stop(); // what goes on sending would be counted in the drills that follow
    }
  }

  /** Ends the fault whatever becomes of the work: the drills that follow need every part. */
  async #during<T>(fault: Fault, work: () => Promise<T>): Promise<T> {
    await fault.begin(this.cluster);
    const over = sleep(fault.seconds * 1000);
    try {
      const result = await work();
      await over;
      return result;
    } finally {
      await fault.end(this.cluster);
    }
  }

  #balance(
    admitted: number,
    counted: readonly number[],
    restarted: readonly boolean[],
  ): Pick<Drill, 'lost' | 'managersRestarted' | 'duplicates'> {
    const lost = Math.max(0, admitted - this.#known(counted));
    if (this.cluster.cluster.topology.sharedCounters) {
      const managersRestarted = restarted.some(Boolean);
      const duplicates = managersRestarted ? 0 : Math.max(0, this.#known(counted) - admitted);
      return { lost, managersRestarted, duplicates };
    }
    return {
      lost,
      managersRestarted: restarted.every(Boolean),
      duplicates: Math.max(0, ...counted.map((count, i) => (restarted[i] ? 0 : count - admitted))),
    };
  }

  #urls(): string[] {
    return this.cluster.gateways.map((gateway) => `${gateway}/${this.name}/1.0.0/x`);
  }

  #managerPids(): (number | undefined)[] {
    return this.cluster.cluster.trafficManagers.map((one) => one.pid);
  }

  async #consumer(policy: string): Promise<Consumer> {
    const caller = await Caller.signIn(this.cluster);
    return consumerOf(caller, this.apiId, { name: `${policy}-${randomUUID().slice(0, 8)}`, policy });
  }

  async #knownConsumer(policy: string): Promise<Consumer> {
    const consumer = await this.#consumer(policy);
    await this.#untilServed(consumer, 0);
    return consumer;
  }

  /** Waits until every gateway knows the consumer; costs it `quota` nothing but what is refused before counting. */
  async #untilServed(consumer: Consumer, extra = 1): Promise<void> {
    const path = extra === 0 ? '//..%2f' : '/x'; // the first is refused after authentication: it counts nowhere
    const expected = extra === 0 ? 400 : 200;
    for (const gateway of this.cluster.gateways) {
      const url = `${gateway}/${this.name}/1.0.0${path}`;
      const answer = await eventually(
        () => send('GET', url, { token: consumer.token }),
        ({ status }) => status === expected,
      );
      if (answer.status !== expected) throw new Error(`${url} answered ${answer.status}: ${answer.text}`);
    }
  }

  /** @returns how many of `count` were admitted, dealt out over the gateways */
  async #send(consumer: Consumer, count: number): Promise<number> {
    let admitted = 0;
    const urls = this.#urls();
    for (let i = 0; i < count; i++) {
      const answer = await eventually(
        () => send('GET', urls[i % urls.length] ?? '', { token: consumer.token }),
        ({ status }) => status === 200 || status === 429,
        5_000,
      );
      if (answer.status === 200) admitted++;
      await sleep(40);
    }
    return admitted;
  }

  /** Sends until every gateway has refused twice running. @returns how many were admitted */
  async #exhaust(consumer: Consumer, quota: number): Promise<number> {
    let admitted = 0;
    const round = this.cluster.gateways.length;
    for (let quiet = 0, sent = 0; quiet < 3 && sent < quota * 3; sent += round) {
      const now = await this.#send(consumer, round);
      admitted += now;
      quiet = now === 0 ? quiet + 1 : 0;
    }
    return admitted;
  }

  async #deployAt(fault: Fault): Promise<number> {
    const controlPlane = this.cluster.controlPlanes[fault.controlPlane ?? 0] ?? '';
    const caller = await Caller.signIn({ ...this.cluster, controlPlanes: [controlPlane] });
    return this.#deploy(fault.following?.(this.cluster) ?? this.cluster.gateways, caller);
  }

  /** Publishes a new API. @returns ms from the answer until all of `gateways` serve it; -1 when one does not in 30 s */
  async #deploy(gateways: readonly string[], caller: Caller): Promise<number> {
    const name = `live${randomUUID().slice(0, 8)}`;
    await publishApi(caller, { name, url: this.backEnd.url, open: true });
    const sinceMs = performance.now();
    const statuses = await Promise.all(
      gateways.map((gateway) =>
        eventually(
          () => send('GET', `${gateway}/${name}/1.0.0/x`),
          ({ status }) => status === 200,
          30_000,
        ),
      ),
    );
    this.#served += statuses.filter(({ status }) => status === 200).length;
    return statuses.every(({ status }) => status === 200) ? performance.now() - sinceMs : -1;
  }

  /** Counting in one store each manager has a part of all, else each has all. */
  #known(counted: readonly number[]): number {
    if (!this.cluster.cluster.topology.sharedCounters) return Math.max(...counted);
    return counted.reduce((sum, count) => sum + count, 0);
  }

  /** Everything well, and all that was admitted until half a second ago counted. */
  async #untilWell(uncounted: () => Promise<number>): Promise<string[]> {
    const isBehind = async (): Promise<string[]> => {
      const behind = await uncounted();
      return behind > perSecond / 2 ? [`${behind} requests are not counted yet`] : [];
    };
    return eventually(
      async () => [...(await complaints(this.cluster)), ...(await isBehind())],
      (found) => found.length === 0,
      recoveryWithinMs,
    );
  }
}
