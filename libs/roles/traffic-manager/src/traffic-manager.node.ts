import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import type { NodeReport } from '@tollgate/deployment/contract';
import { GroupPublisher, inProcessUrl, type HubMessage, type Subscription, type Transports } from '@tollgate/event-hub';
import type { Health } from '@tollgate/http';
import {
  CounterStoreUnavailableError,
  FallbackCounterStore,
  MemoryCounterStore,
  RedisCounterStore,
  type CounterStore,
} from '@tollgate/throttling/counters';
import type { LeaseAnswer, LeaseRequest, QuotaLessor } from '@tollgate/throttling/domain';
import { TrafficManager, type ReceivedBatch } from '@tollgate/throttling/traffic-manager';
import { Counting } from './counting-state.js';
import { TrafficManagerMetrics } from './metrics.js';
import { LateWindows } from './late-windows.js';
import { batchOf, decisionsMessage, handedOnMessage } from './messages.js';
import type { TrafficManagerNodeStats } from './node-stats.js';
import { Overload } from './overload.js';
import { ParkedBatches } from './parked-batches.js';
import { PeerHandOn } from './peer-hand-on.js';
import type { PolicyReplica } from './policy-replica.js';
import type { TrafficManagerSettings } from './settings.js';
import { deadLettersOf, trafficManagerReport } from './traffic-manager-report.js';
import { WindowExchange, worths } from './window-exchange.js';
import { WindowFile } from './window-file.js';
import { windowsRequestType, windowsType } from './window-messages.js';

/** Brokers keep request events for a manager that is away this long. */
const keepEventsMs = 300_000;
const flushEveryMs = 100;
const sweepEveryMs = 5_000;
const reportEveryMs = 1_000;
const saveEveryMs = 5_000;
const lookEveryMs = 500;

export interface TrafficManagerParts {
  readonly settings: TrafficManagerSettings;
  readonly policies: PolicyReplica;
  readonly transports: Transports;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One traffic manager of an installation: its engine, wired to brokers, peers and the counter store. */
export class TrafficManagerNode implements QuotaLessor {
  readonly #parts: TrafficManagerParts;
  readonly #store: CounterStore;
  /** `null`: counts are kept in the shared store. */
  readonly #own: MemoryCounterStore | null;
  readonly #shared: FallbackCounterStore | null;
  readonly #parked: ParkedBatches | null;
  readonly #exchange: WindowExchange | null;
  readonly #file: WindowFile;
  readonly #late: LateWindows | null;
  readonly #decisions: GroupPublisher;
  readonly #peers: readonly PeerHandOn[];
  readonly #engine: TrafficManager;
  readonly #overload: Overload;
  readonly #metrics = new TrafficManagerMetrics();
  readonly #subscriptions: Subscription[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #stopping = false;
  #isLooking = false;
  #opening: Promise<void> = Promise.resolve();

  constructor(parts: TrafficManagerParts) {
    this.#parts = parts;
    const { settings, policies, transports, clock, log } = parts;
    this.#overload = new Overload(() => performance.now(), log);
    const { store: servers, redisKeyPrefix: keyPrefix } = settings;
    this.#shared = servers
      ? new FallbackCounterStore(new RedisCounterStore({ servers, keyPrefix, log }), { clock, log })
      : null;
    this.#parked = this.#shared && new ParkedBatches(settings.diskDir, { store: this.#shared, log });
    const own = new MemoryCounterStore();
    this.#own = this.#shared ? null : own;
    this.#store = this.#shared ?? own;
    const transportOf = (endpoint: string) => transports.get(endpoint);
    this.#decisions = new GroupPublisher({
      groups: settings.topology.decisionTargets,
      transportOf,
      needsConsumer: false,
      log,
      clock,
    });
    this.#peers = settings.topology.peerEndpoints.map((url) => new PeerHandOn(url, { transports, clock, log }));
    this.#engine = new TrafficManager({
      store: this.#store,
      storeIsShared: this.#shared !== null,
      policyOf: policies.policyOf,
      handOn: (batch) => this.#handOn(batch),
      publishDecisions: (decisions) => {
        this.#decisions.publish('throttleData', decisionsMessage(decisions, settings.nodeId, clock.nowMs()));
      },
      clock,
      log,
    });
    const counting = new Counting(own, this.#engine);
    const exchange = exchangeOf(parts, counting);
    const file = new WindowFile(settings.diskDir, { counting, clock, log });
    const recount = this.#shared ? this.#feedRules : (batch: ReceivedBatch) => this.#engine.recount(batch);
    [this.#exchange, this.#file] = [exchange, file];
    this.#late = exchange && new LateWindows({ exchange, file, counting, recount, clock, log });
  }

  /** Resolves at once; reading events begins when the policies are there and goes on by itself from then on. */
  async start(): Promise<void> {
    const { policies } = this.#parts;
    policies.onChange(() => {
      this.#engine.deployRules(policies.customRules());
      this.#engine.policiesChanged();
    });
    this.#timers.push(setInterval(() => this.#engine.flush(), flushEveryMs));
    this.#timers.push(setInterval(() => this.#engine.sweep(), sweepEveryMs));
    this.#timers.push(setInterval(() => this.#report(), reportEveryMs));
    this.#timers.push(setInterval(() => void this.#lookAtBacklog(), lookEveryMs));
    await policies.start();
    this.#opening = policies.whenReady().then(() => this.#subscribe());
    this.#opening.catch((error: unknown) => {
      const { log } = this.#parts;
      log.error({ event: 'traffic-manager.not_subscribed', reason: safeMessage(error) }, 'Request events are not read');
    });
  }

  /** Takes no more events, tells gateways what it still knows, and closes what it opened. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
    // What is known while a peer's windows are waited for is less than all: the journal keeps it.
    const isComplete = this.#subscriptions.length > 0 && !this.#late?.isWaiting;
    this.#exchange?.stop();
    this.#engine.flush();
    await Promise.all([this.#decisions.close(), ...this.#peers.map((peer) => peer.close())]);
    if (isComplete) await this.#file.save();
    await this.#file.close();
    await this.#store.close();
    await this.#parked?.close();
    await this.#parts.policies.stop();
  }

  /**
   * Grants permits of strict quotas to the gateway of this process, from the counters that this manager keeps alone.
   * Resolves when the change is in the journal, so that a restart gives nothing again.
   * @throws CounterStoreUnavailableError when counts are kept elsewhere, or this manager leaves
   */
  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    await this.#opening;
    if (!this.#own || this.#stopping) throw new CounterStoreUnavailableError('this manager does not decide');
    const { answer, counted } = this.#own.leaseNow(request);
    if (counted) await this.#file.append(counted);
    return answer;
  }

  stats(): TrafficManagerNodeStats {
    return { ...this.#engine.stats(), shedBatches: this.#overload.shedBatches };
  }

  health(): Health {
    const policies = this.#parts.policies.status();
    const reading = this.#subscriptions.length > 0;
    const store = this.#shared?.stats() ?? null;
    const brokersAway = this.#parts.transports.all().flatMap((transport) => {
      const { address, connected, lastError } = transport.status();
      return connected ? [] : [{ address, lastError }];
    });
    const detail = {
      policies,
      readingEvents: reading,
      brokersAway,
      overloaded: this.#overload.isShedding,
      waiting: this.#overload.waiting,
      store,
      decisions: this.#decisions.status(),
      counts: this.stats(),
    };
    if (!policies.ready || !reading) return { state: 'down', detail };
    const isDegraded = policies.stale || store?.away || brokersAway.length > 0 || this.#overload.isShedding;
    return { state: isDegraded ? 'degraded' : 'ok', detail };
  }

  /** What this manager tells the control plane. */
  async report(): Promise<NodeReport> {
    const { settings, policies, transports } = this.#parts;
    const backlogs = await this.#backlogs();
    return trafficManagerReport({
      settings,
      replica: policies.status(),
      rejected: policies.rejected(),
      transports,
      backlogs,
      decisions: this.#decisions.status(),
      counts: this.stats(),
      store: this.#shared?.stats() ?? null,
    });
  }

  #report(): void {
    const deadLettered = deadLettersOf(this.#parts.transports);
    void this.#parked?.tidy();
    const parked = this.#shared?.stats().parkedParts ?? 0;
    this.#metrics.report(this.stats(), { parked, waiting: this.#overload.waiting, deadLettered });
  }

  /** The queue first, then the peers' windows, then counting: so no batch falls between. */
  async #subscribe(): Promise<void> {
    const { settings, transports } = this.#parts;
    let joined: () => void = () => undefined;
    const afterJoining = new Promise<void>((resolve) => (joined = resolve));
    const opened = await Promise.all(
      settings.topology.requestEventEndpoints.map((endpoint) =>
        transports.get(endpoint).subscribe({
          subscriber: settings.nodeId,
          topics: ['requestEvents'],
          keepForMs: keepEventsMs,
          sheds: this.#overload.sheds,
          onMessage: (message) => afterJoining.then(() => this.#take(message)),
        }),
      ),
    );
    if (!this.#stopping) await this.#continueCounting();
    joined();
    if (this.#stopping) await Promise.all(opened.map((subscription) => subscription.close()));
    else this.#subscriptions.push(...opened);
  }

  /** A peer knows more than the own file: it has counted on while this process was away. */
  async #continueCounting(): Promise<void> {
    let isLate = false;
    await this.#engine.resume(async () => {
      const worth = this.#keepsCounts ? ((await this.#exchange?.join()) ?? worths.none) : worths.complete;
      const isBlank = worth === worths.none && !(await this.#file.load());
      // Also what a peer has not got: it is handed on again, and everybody counts it once.
      await this.#file.replay(this.#shared ? this.#feedRules : (batch) => this.#engine.receive(batch));
      await this.#parked?.replay((batch) => this.#engine.recountQuotas(batch));
      isLate = this.#keepsCounts && (isBlank || worth === worths.complete);
    });
    if (this.#late && isLate) {
      void this.#late.wait().then(() => this.#saveRegularly());
    } else {
      this.#exchange?.close();
      this.#saveRegularly();
    }
  }

  /** Whether there is anything that no shared store knows. */
  get #keepsCounts(): boolean {
    return this.#shared === null || this.#engine.hasRules;
  }

  /** Every batch that is in the shared store was counted there when it was received. */
  readonly #feedRules = async (batch: ReceivedBatch): Promise<void> => this.#engine.feedRules(batch);

  #saveRegularly(): void {
    if (!this.#stopping) this.#timers.push(setInterval(() => void this.#file.save(), saveEveryMs));
  }

  async #take(message: HubMessage): Promise<void> {
    if (message.type === windowsRequestType) return this.#late?.answer(message);
    if (message.type === windowsType) return this.#exchange?.hear(message);
    const batch = batchOf(message);
    const count = async (): Promise<void> => {
      await this.#engine.receive(batch);
      if (this.#keepsCounts) await this.#file.append(batch); // before the broker hears that it was taken
      await this.#parked?.keep(batch);
    };
    await (this.#late ? this.#late.count(count) : count());
    this.#overload.took();
  }

  /** One look at a time: a busy broker connection answers late. */
  async #lookAtBacklog(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const backlogs = await this.#backlogs();
    this.#isLooking = false;
    const isKnown = backlogs.length > 0 && !backlogs.includes(null);
    this.#overload.look(isKnown ? backlogs.reduce<number>((sum, one) => sum + (one ?? 0), 0) : null);
  }

  #backlogs(): Promise<(number | null)[]> {
    return Promise.all(this.#subscriptions.map((subscription) => subscription.backlog()));
  }

  /** Does not wait for the peers: what was not sent before a kill is in the journal. Rejects when a peer misses batches. */
  async #handOn(batch: ReceivedBatch): Promise<void> {
    const message = handedOnMessage(batch, this.#parts.clock.nowMs());
    const missed = this.#peers.filter((peer) => !peer.send(message));
    if (missed.length > 0) throw new Error('The queue of a peer is full; the oldest batches were given up.');
  }
}

/** `null` where no other manager can be: everything runs in this process. */
function exchangeOf(parts: TrafficManagerParts, counting: Counting): WindowExchange | null {
  const { settings, transports, clock, log } = parts;
  const { requestEventEndpoints: own, peerEndpoints: peers } = settings.topology;
  if (peers.length === 0 && own.every((url) => url === inProcessUrl)) return null;
  return new WindowExchange({ nodeId: settings.nodeId, own, peers, transports, counting, clock, log });
}
