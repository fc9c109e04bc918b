import { z } from 'zod';
import type { Changes, HubState, RecordChange, RecordKind, Snapshot } from '../contract/index.js';
import { digestOf, hashRecord } from './record-hash.js';
import type { NumberedChange } from './replica.js';

/** For specs: a control plane in a few obvious lines, whose answers are right by construction. */
export class ModelControlPlane {
  readonly records = new Map<
    string,
    { kind: RecordKind; id: string; organization: string; value: string; hash: string }
  >();
  readonly log: NumberedChange[] = [];

  constructor(readonly epoch = 'epoch-1') {}

  /** Writes (or with `null` removes) a record and returns the change that the hub would carry. */
  write(kind: RecordKind, id: string, value: object | null): NumberedChange {
    const text = value && JSON.stringify(value);
    const record = {
      kind,
      id,
      organization: 'carbon.super',
      value: text,
      hash: text === null ? '' : hashRecord(kind, id, text),
    };
    if (text === null) this.records.delete(`${kind} ${id}`);
    else this.records.set(`${kind} ${id}`, { ...record, value: text });
    const change: RecordChange = { epoch: this.epoch, eventType: 'TEST', record };
    const numbered = { seq: this.log.length + 1, change };
    this.log.push(numbered);
    return numbered;
  }

  state(): HubState {
    return { epoch: this.epoch, seq: this.log.length, digest: digestOf(this.records.values()) };
  }

  snapshot(): Snapshot {
    return { ...this.state(), records: [...this.records.values()] };
  }

  changes(since: number): Changes {
    return { ...this.state(), changes: this.log.slice(since) };
  }
}

export const specSchemas = { subscription: z.object({ n: z.number() }), environment: z.object({ name: z.string() }) };
