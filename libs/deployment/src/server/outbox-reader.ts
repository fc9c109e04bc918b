import type { Database } from '@tollgate/database';
import { topics, type HubMessage, type Topic } from '@tollgate/event-hub';
import { MoreThan } from 'typeorm';
import { recordChangeSchema, type RecordChange } from '../contract/index.js';
import { OutboxEntry } from './hub.entities.js';

export interface OutboxMessage {
  readonly topic: Topic;
  readonly message: HubMessage<RecordChange>;
}

/** Reads the outbox in sequence order. */
export class OutboxReader {
  constructor(private readonly db: Database) {}

  /** The changes after `seq`, oldest first, at most `limit`. */
  async after(seq: number, limit: number): Promise<OutboxMessage[]> {
    const rows = await this.db.manager.find(OutboxEntry, {
      where: { seq: MoreThan(String(seq)) },
      order: { seq: 'ASC' },
      take: limit,
    });
    return rows.map(toMessage);
  }

  /** 0 when the outbox is empty. */
  async newestSeq(): Promise<number> {
    const [row] = await this.db.manager.find(OutboxEntry, { select: { seq: true }, order: { seq: 'DESC' }, take: 1 });
    return Number(row?.seq ?? 0);
  }

  /** The oldest change still kept; 0 when the outbox is empty. */
  async oldestSeq(): Promise<number> {
    const [row] = await this.db.manager.find(OutboxEntry, { select: { seq: true }, order: { seq: 'ASC' }, take: 1 });
    return Number(row?.seq ?? 0);
  }

  /** Deletes changes before `beforeMs` up to `uptoSeq`. @returns how many */
  async trim(beforeMs: number, uptoSeq: number): Promise<number> {
    const result = await this.db.manager
      .createQueryBuilder()
      .delete()
      .from(OutboxEntry)
      .where('at < :beforeMs AND seq <= :uptoSeq', { beforeMs, uptoSeq })
      .execute();
    return result.affected ?? 0;
  }
}

function toMessage(row: OutboxEntry): OutboxMessage {
  const data = recordChangeSchema.parse(JSON.parse(row.data));
  const { id, type, organization, at } = row;
  const message = { id, seq: Number(row.seq), type, organization, at, publisher: `hub-${data.epoch}`, data };
  return { topic: topicOf(row.topic), message };
}

function topicOf(name: string): Topic {
  const topic = topics.find((known) => known === name);
  if (!topic) throw new Error(`The outbox names an unknown topic "${name}".`);
  return topic;
}
