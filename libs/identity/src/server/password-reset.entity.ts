import { BigIntColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A way to a new password that was sent to a user by mail. */
@Entity('password_reset')
@Index('ix_password_reset_user', ['organization', 'userName'])
export class PasswordReset {
  @PrimaryGeneratedColumn()
  id!: number;

  /** SHA-256 of the token, which is random and 256 bits long. */
  @NameColumn({ length: 64, unique: true })
  tokenDigest!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  /** Of password, address and status at that time: when one of them changes, the token is worth nothing. */
  @NameColumn({ length: 64 })
  stateDigest!: string;

  @Column({ type: 'boolean', default: false })
  used!: boolean;

  @BigIntColumn()
  createdAt!: number;

  @Index('ix_password_reset_expires')
  @BigIntColumn()
  expiresAt!: number;
}
