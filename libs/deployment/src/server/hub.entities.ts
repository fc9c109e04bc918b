import { BigIntColumn, LongTextColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The present state of every record that gateways and traffic managers hold. */
@Entity('gateway_record')
export class GatewayRecord {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  kind!: string;

  @PrimaryColumn({ type: 'varchar', length: 512 })
  id!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  @LongTextColumn()
  value!: string;

  @Column({ type: 'varchar', length: 32 })
  hash!: string;

  @BigIntColumn()
  seq!: number;
}

/** Changes in commit order, kept for late joiners. Written in the transaction of the change itself. */
@Entity('outbox')
export class OutboxEntry {
  @PrimaryColumn({ type: 'bigint' })
  seq!: string;

  @UuidColumn({ unique: true })
  id!: string;

  @NameColumn({ length: 40 })
  topic!: string;

  @NameColumn({ length: 80 })
  type!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  @Index('ix_outbox_at')
  @BigIntColumn()
  at!: number;

  /** JSON of the message's `data`. */
  @LongTextColumn()
  data!: string;
}

/** One row: its lock makes commit order equal sequence order. */
@Entity('hub_sequence')
export class HubSequence {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  @UuidColumn()
  epoch!: string;

  @BigIntColumn()
  value!: number;

  @Column({ type: 'varchar', length: 32 })
  digest!: string;
}
