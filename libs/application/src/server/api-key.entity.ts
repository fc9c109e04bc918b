import { BigIntColumn, BusinessObject, LongTextColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index } from 'typeorm';
import type { KeyType } from '../contract/index.js';

/** What is known about an issued API key. The key itself is signed, handed out once and never stored. */
@Entity('api_key')
export class ApiKey extends BusinessObject {
  @Index('ix_api_key_application')
  @Column({ type: 'int' })
  applicationId!: number;

  /** Claim `jti`: what a revocation names. */
  @UuidColumn({ unique: true })
  jti!: string;

  @NameColumn({ length: 16 })
  keyType!: KeyType;

  @NameColumn({ length: 100 })
  name!: string;

  /** As asked for, in seconds; null when it does not expire. */
  @BigIntColumn({ nullable: true })
  validitySeconds!: number | null;

  /** Milliseconds since the epoch. */
  @BigIntColumn()
  expiresAt!: number;

  @LongTextColumn()
  permittedIp!: string;

  @LongTextColumn()
  permittedReferer!: string;
}
