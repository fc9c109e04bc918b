import { BigIntColumn, LongTextColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a node last said about itself, and how it stood against the control plane at that moment. */
@Entity('hub_node')
export class HubNode {
  @PrimaryColumn({ type: 'varchar', length: 20 })
  role!: string;

  @PrimaryColumn({ type: 'varchar', length: 128 })
  nodeId!: string;

  @Index('ix_hub_node_last_seen')
  @BigIntColumn()
  lastSeenAt!: number;

  /** Changes that it had not taken over yet when it spoke. */
  @BigIntColumn()
  lag!: number;

  /** At the same sequence number it held something else than the control plane. */
  @Column({ type: 'boolean' })
  drifted!: boolean;

  /** JSON of its `NodeReport`. */
  @LongTextColumn()
  report!: string;
}
