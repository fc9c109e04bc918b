import { BigIntColumn, NameColumn } from '@tollgate/database';
import { Entity, PrimaryColumn } from 'typeorm';

/** Who does a thing that one process at a time does. It is held for as long as `beat` keeps changing. */
@Entity('hub_lease')
export class HubLease {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  name!: string;

  /** Unique per process life; '' when given up. */
  @NameColumn({ length: 80 })
  holder!: string;

  /** Counts the renewals. Others watch it by their own clocks, so clocks need not agree. */
  @BigIntColumn()
  beat!: number;

  /** Every live target has confirmed the changes up to here. */
  @BigIntColumn()
  relayedSeq!: number;
}
