import { BigIntColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A request that its sender may repeat: what it led to is kept, so that a repetition is answered and not done again. */
@Entity('idempotent_request')
@Unique('uq_idempotent_request', ['organization', 'userName', 'operation', 'key'])
export class IdempotentRequest {
  @PrimaryGeneratedColumn()
  id!: number;

  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  @NameColumn({ length: 60 })
  operation!: string;

  /** As sent in `Idempotency-Key`. */
  @NameColumn({ length: 255 })
  key!: string;

  /** Digest of what was asked for. */
  @NameColumn({ length: 64 })
  requestDigest!: string;

  /** Id of what was made. */
  @NameColumn({ length: 190 })
  reference!: string;

  /** The answer's body as JSON, encrypted because it may hold secrets; null until it was first given. */
  @LongTextColumn({ nullable: true })
  answerSealed!: string | null;

  @Index('ix_idempotent_request_created')
  @BigIntColumn()
  createdAt!: number;
}
