import { BigIntColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Failed sign-ins in a row of one account, one account from one address, or one address. */
@Entity('sign_in_failure')
export class SignInFailure {
  /** Digest of what is counted: names that were tried may be mistyped passwords, so they are not kept. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  digest!: string;

  /** Digest of the account; empty for an address. */
  @Index('ix_sign_in_failure_account')
  @NameColumn({ length: 64 })
  account!: string;

  @Column({ type: 'int' })
  failures!: number;

  @BigIntColumn()
  lastFailureAt!: number;

  /** Until then nothing is looked at; 0 when the next try may come at once. */
  @BigIntColumn()
  blockedUntil!: number;
}

/** An address from which a user signed in with success. */
@Entity('sign_in_address')
export class SignInAddress {
  /** Digest of organization, user and address. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  digest!: string;

  /** Digest of the account. */
  @Index('ix_sign_in_address_account')
  @NameColumn({ length: 64 })
  account!: string;

  @BigIntColumn()
  lastSeenAt!: number;
}

export const signInEntities = [SignInFailure, SignInAddress] as const;
