import { BigIntColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Passkey } from './passkey.entity.js';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** The authenticator app of a user: one each. */
@Entity('totp_factor')
@Unique('uq_totp_factor_user', ['organization', 'userName'])
export class TotpFactor {
  @PrimaryGeneratedColumn()
  id!: number;

  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  /** Encrypted. */
  @LongTextColumn()
  secretSealed!: string;

  /** The user has shown a code of it; before, it is asked for nowhere. */
  @Column({ type: 'boolean', default: false })
  confirmed!: boolean;

  /** Time step of the last code taken: earlier ones are worth nothing any more. */
  @BigIntColumn({ default: 0 })
  lastStep!: number;

  @BigIntColumn()
  createdAt!: number;
}

/** A code for the day on which the phone is gone; good for one use. */
@Entity('recovery_code')
@Index('ix_recovery_code_user', ['organization', 'userName'])
export class RecoveryCode {
  @PrimaryGeneratedColumn()
  id!: number;

  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  /** Keyed digest. */
  @NameColumn({ length: 64 })
  codeDigest!: string;
}

export const secondFactorEntities = [TotpFactor, RecoveryCode, Passkey] as const;
