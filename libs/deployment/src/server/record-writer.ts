import { randomUUID } from 'node:crypto';
import type { Clock } from '@tollgate/base';
import type { Transaction } from '@tollgate/database';
import type { Topic } from '@tollgate/event-hub';
import type { RecordChange, RecordKind } from '../contract/index.js';
import { emptyDigest, hashRecord, toggleInDigest } from '../domain/index.js';
import { GatewayRecord, HubSequence, OutboxEntry } from './hub.entities.js';

export interface RecordKey {
  readonly kind: RecordKind;
  readonly id: string;
  readonly organization: string;
  /** Field's name of what happened, for example `API_UPDATE`, `DEPLOY_API_IN_GATEWAY`, `SUBSCRIPTIONS_CREATE`. */
  readonly eventType: string;
  /** Default `notification`. */
  readonly topic?: Topic;
}

/**
 * Writes what gateways and traffic managers hold, in the transaction of the change itself: the record, the outbox row
 * and the digest are committed together with it or not at all.
 */
export class RecordWriter {
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly clock: Clock) {}

  /** Called after each commit that wrote a record: wakes the relay of this process. */
  onCommitted(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Creates or replaces a record. `value` is any JSON value; an equal one writes nothing. */
  async put(tx: Transaction, key: RecordKey, value: object): Promise<void> {
    // Through the parser once, so that the text is what every reader's JSON.stringify would write again.
    const text = JSON.stringify(JSON.parse(JSON.stringify(value)));
    await this.write(tx, key, text);
  }

  /** Removes a record; one that is not there writes nothing. */
  async remove(tx: Transaction, key: RecordKey): Promise<void> {
    await this.write(tx, key, null);
  }

  private async write(tx: Transaction, key: RecordKey, value: string | null): Promise<void> {
    // Locks the row until the commit: the next writer waits, so a smaller number is never committed after a larger one.
    const sequence = await this.lockSequence(tx);
    const present = await tx.manager.findOneBy(GatewayRecord, { kind: key.kind, id: key.id });
    if ((present?.value ?? null) === value) return;
    const hash = value === null ? '' : hashRecord(key.kind, key.id, value);
    const seq = sequence.value + 1;
    const digest = toggleInDigest(toggleInDigest(sequence.digest, present?.hash ?? ''), hash);
    await tx.manager.update(HubSequence, { id: 1 }, { value: seq, digest });
    if (value === null) await tx.manager.delete(GatewayRecord, { kind: key.kind, id: key.id });
    else
      await tx.manager.upsert(
        GatewayRecord,
        { kind: key.kind, id: key.id, organization: key.organization, value, hash, seq },
        ['kind', 'id'],
      );
    const change: RecordChange = {
      epoch: sequence.epoch,
      eventType: key.eventType,
      record: { kind: key.kind, id: key.id, organization: key.organization, value, hash },
    };
    await tx.manager.insert(OutboxEntry, {
      seq: String(seq),
      id: randomUUID(),
      topic: key.topic ?? 'notification',
      type: key.eventType,
      organization: key.organization,
      at: this.clock.nowMs(),
      data: JSON.stringify(change),
    });
    tx.afterCommit(() => this.listeners.forEach((wake) => wake()));
  }

  private async lockSequence(tx: Transaction): Promise<HubSequence> {
    const locked = await tx.manager.update(HubSequence, { id: 1 }, { id: 1 });
    if (locked.affected === 0)
      await tx.manager.insert(HubSequence, { id: 1, epoch: randomUUID(), value: 0, digest: emptyDigest });
    return tx.manager.findOneByOrFail(HubSequence, { id: 1 });
  }
}
