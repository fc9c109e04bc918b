import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import type { Changes, HubState, RecordChange, Snapshot } from '../contract/index.js';
import { DiskWriter, type DiskCopyPort } from './disk-writer.js';
import type { RecordSchemas } from './record-view.js';
import type { Need, NumberedChange, Outcome, Replica } from './replica.js';
import { Pause, withJitter } from './pause.js';

/** The control plane over HTTP. Every method rejects when it cannot be reached or answers wrongly. */
export interface ControlPlanePort {
  /** @param have sent as ETag, so that an unchanged snapshot is not sent again */
  fetchSnapshot(have: HubState | null): Promise<Snapshot | 'not-modified'>;
  /** `gone`: the changes are no longer kept, or belong to another epoch. */
  fetchChanges(since: number, epoch: string): Promise<Changes | 'gone'>;
  fetchState(): Promise<HubState>;
}

/** The hub's messages. `subscribe` resolves when at least one endpoint is live and keeps itself alive from then on. */
export interface ChangeFeedPort {
  subscribe(handlers: {
    onChange: (seq: number, change: RecordChange) => void;
    /** Messages may have been missed. Also called when a further endpoint becomes live. */
    onReconnected: () => void;
  }): Promise<{ close(): Promise<void> }>;
}

export interface ReplicaSyncOptions<S extends RecordSchemas> {
  readonly replica: Replica<S>;
  readonly controlPlane: ControlPlanePort;
  readonly feed: ChangeFeedPort;
  readonly disk: DiskCopyPort | null;
  readonly log: Logger;
  readonly clock: Clock;
  /** How often the state is compared over HTTP; default 3,000. */
  readonly compareEveryMs?: number;
  /** How long a missing change may still come by itself before it is fetched; default 200. */
  readonly gapWaitMs?: number;
  /** How long the first snapshot waits for the subscription; default 2,000. A broker that is away must not keep a gateway from serving. */
  readonly subscribeWaitMs?: number;
  /** Without word from the control plane for this long the copy counts as stale; default 8,000. */
  readonly staleAfterMs?: number;
  /** Longest pause between two tries; default 5,000. */
  readonly longestRetryMs?: number;
}

export interface ReplicaStatus {
  /** There is something to serve. */
  readonly ready: boolean;
  /** Not confirmed by the control plane lately. */
  readonly stale: boolean;
  readonly source: 'control-plane' | 'disk' | 'none';
  readonly seq: number;
  readonly digest: string;
  /** Empty while all is well. */
  readonly lastError: string;
  /** How often something that the hub did not bring was fetched instead. */
  readonly healedGaps: number;
  readonly rejectedRecords: number;
}

/**
 * Keeps a replica right: subscribes first, then loads, then follows; fetches what is missing; compares over HTTP, apart
 * from the hub; keeps a copy on disk and starts from it; tries for ever.
 */
export class ReplicaSync<S extends RecordSchemas = RecordSchemas> {
  readonly #options: Required<Omit<ReplicaSyncOptions<S>, 'disk'>>;
  readonly #disk: DiskWriter | null;
  readonly #pause = new Pause();
  #need: Need = 'nothing';
  #source: ReplicaStatus['source'] = 'none';
  #confirmedAtMs = Number.NEGATIVE_INFINITY;
  #lastError = '';
  #healedGaps = 0;
  #timesBackwards = 0;
  #gapTimer: NodeJS.Timeout | null = null;
  #subscription: { close(): Promise<void> } | null = null;
  #stopped = false;
  #loop: Promise<void> | null = null;
  readonly #readyWaiters: (() => void)[] = [];

  constructor({ disk, ...options }: ReplicaSyncOptions<S>) {
    const times = {
      compareEveryMs: 3_000,
      gapWaitMs: 200,
      subscribeWaitMs: 2_000,
      staleAfterMs: 8_000,
      longestRetryMs: 5_000,
    };
    this.#options = { ...times, ...options };
    this.#disk = disk && new DiskWriter(disk, options.log, () => options.replica.snapshot());
  }

  get replica(): Replica<S> {
    return this.#options.replica;
  }

  /** Resolves when the disk copy was read; the rest goes on in the background. See `whenReady` and `status`. */
  async start(): Promise<void> {
    const held = await this.#disk?.load(this.replica);
    if (held) this.#becomeReady('disk');
    this.#loop = this.#run();
  }

  /** Resolves when there is something to serve, from the control plane or from disk. */
  whenReady(): Promise<void> {
    if (this.#source !== 'none') return Promise.resolve();
    return new Promise((resolve) => this.#readyWaiters.push(resolve));
  }

  status(): ReplicaStatus {
    const state = this.replica.state;
    return {
      ready: this.#source !== 'none',
      stale: this.#options.clock.nowMs() - this.#confirmedAtMs > this.#options.staleAfterMs,
      source: this.#source,
      seq: state?.seq ?? 0,
      digest: state?.digest ?? '',
      lastError: this.#lastError || (this.#disk?.lastError ?? ''),
      healedGaps: this.#healedGaps,
      rejectedRecords: this.replica.rejected.size,
    };
  }

  /** Ends the subscription and writes the disk copy out. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#gapTimer) clearTimeout(this.#gapTimer);
    this.#pause.end();
    await this.#subscription?.close();
    await this.#loop;
    await this.#disk?.finish();
  }

  async #run(): Promise<void> {
    const subscribed = this.#subscribe();
    await Promise.race([subscribed, this.#pause.forMs(this.#options.subscribeWaitMs)]);
    this.#require(this.replica.state ? 'changes' : 'snapshot');
    for (let failures = 0; !this.#stopped;) {
      try {
        await this.#step();
        failures = 0;
        this.#lastError = '';
      } catch (error) {
        if (failures++ === 0)
          this.#warn('replica.control_plane_unreachable', error, 'The control plane cannot be asked; trying again');
        this.#lastError = safeMessage(error);
        await this.#pause.forMs(withJitter(Math.min(this.#options.longestRetryMs, 100 * 2 ** Math.min(10, failures))));
      }
    }
  }

  /** One comparison, or the fetch of what is needed. A failed fetch is needed still. */
  async #step(): Promise<void> {
    if (this.#need === 'nothing') {
      await this.#pause.forMs(withJitter(this.#options.compareEveryMs), 'wakes');
      if (!this.#stopped && this.#need === 'nothing') await this.#compare();
      return;
    }
    const need = this.#need;
    this.#need = 'nothing';
    try {
      if (need === 'changes' && this.replica.state) await this.#fetchChanges(this.replica.state);
      else await this.#fetchSnapshot();
    } catch (error) {
      this.#require(need);
      throw error;
    }
  }

  async #fetchChanges(have: HubState): Promise<void> {
    const answer = await this.#options.controlPlane.fetchChanges(have.seq, have.epoch);
    if (this.#stopped) return;
    if (answer === 'gone') return this.#require('snapshot');
    const outcome = this.replica.applyFetched(answer);
    if (outcome.applied.length > 0 && this.#source === 'control-plane') this.#healedGaps++;
    this.#keep(outcome.applied);
    this.#require(outcome.need);
    if (outcome.need === 'nothing') this.#confirm();
  }

  async #fetchSnapshot(options: { allowOlder?: boolean } = {}): Promise<void> {
    const answer = await this.#options.controlPlane.fetchSnapshot(options.allowOlder ? null : this.replica.state);
    if (this.#stopped) return;
    if (answer !== 'not-modified') {
      const own = this.replica.state;
      const isOlder = own !== null && own.epoch === answer.epoch && answer.seq < own.seq;
      if (isOlder && !options.allowOlder) return this.#wentBackwards(true);
      const refusal = this.replica.loadSnapshot(answer, options);
      if (refusal) throw new Error(`The snapshot was refused: ${refusal}.`);
      this.#disk?.snapshotLoaded();
    }
    this.#confirm();
    if (this.replica.hasGap) this.#gapSeen();
  }

  async #compare(): Promise<void> {
    const { controlPlane, gapWaitMs } = this.#options;
    const seqBefore = this.replica.state?.seq ?? 0;
    const state = await controlPlane.fetchState();
    if (this.#stopped) return;
    let verdict = this.replica.compare(state);
    if (verdict === 'changes') {
      await this.#pause.forMs(gapWaitMs); // it may be on its way through the hub
      verdict = this.replica.compare(state);
    }
    if (verdict === 'backwards') return this.#wentBackwards(state.seq < seqBefore);
    this.#timesBackwards = 0;
    if (verdict === 'snapshot') this.#healedGaps++;
    if (verdict === 'nothing') this.#confirm();
    else this.#require(verdict);
  }

  /** Ahead of an answer only because the hub was faster: fine. Ahead of what was asked later: the database went back. */
  async #wentBackwards(reallyBehind: boolean): Promise<void> {
    if (!reallyBehind) return this.#confirm();
    if (++this.#timesBackwards < 2) return;
    this.#timesBackwards = 0;
    this.#warn(
      'replica.control_plane_went_back',
      this.replica.state?.seq,
      'The control plane stands before this copy; loading its state',
    );
    await this.#fetchSnapshot({ allowOlder: true });
    this.#healedGaps++;
  }

  async #subscribe(): Promise<void> {
    const { feed } = this.#options;
    for (let failures = 0; !this.#stopped; failures++) {
      try {
        const subscription = await feed.subscribe({
          onChange: (seq, change) => this.#received(this.replica.apply(seq, change)),
          onReconnected: () => this.#require(this.replica.state ? 'changes' : 'snapshot'),
        });
        if (this.#stopped) return await subscription.close();
        this.#subscription = subscription;
        if (this.replica.state) this.#require('changes'); // it came after the load: something may lie between
        return;
      } catch (error) {
        this.#lastError = safeMessage(error);
        await this.#pause.forMs(withJitter(Math.min(this.#options.longestRetryMs, 100 * 2 ** Math.min(10, failures))));
      }
    }
  }

  #received({ applied, need }: Outcome): void {
    this.#keep(applied);
    if (applied.length > 0) this.#confirm();
    if (need === 'changes') this.#gapSeen();
    else this.#require(need);
  }

  #gapSeen(): void {
    this.#gapTimer ??= setTimeout(() => {
      this.#gapTimer = null;
      if (this.replica.hasGap) this.#require('changes');
    }, this.#options.gapWaitMs);
  }

  #require(need: Need): void {
    if (need === 'nothing' || this.#stopped) return;
    if (this.#need !== 'snapshot') this.#need = need;
    this.#pause.wake();
  }

  #keep(applied: readonly NumberedChange[]): void {
    if (applied.length > 0) this.#disk?.append(applied);
  }

  #confirm(): void {
    this.#confirmedAtMs = this.#options.clock.nowMs();
    if (this.#source !== 'control-plane') this.#becomeReady('control-plane');
  }

  #becomeReady(source: 'control-plane' | 'disk'): void {
    this.#source = source;
    const { seq } = this.status();
    this.#options.log.info(
      { event: 'replica.loaded', source, seq, records: this.replica.size },
      'Configuration loaded',
    );
    for (const ready of this.#readyWaiters.splice(0)) ready();
  }

  #warn(event: string, reason: unknown, text: string): void {
    this.#options.log.warn({ event, reason: safeMessage(reason) }, text);
  }
}
