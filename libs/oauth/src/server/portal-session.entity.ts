import { BigIntColumn, JsonColumn, LongTextColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A person signed in at one portal with one browser: the tokens that the portal's server holds for them. */
@Entity('portal_session')
@Index('ix_portal_session_user', ['organization', 'userName'])
export class PortalSession {
  @PrimaryGeneratedColumn()
  id!: number;

  /** Keyed digest of the token in the cookie. */
  @NameColumn({ length: 64, unique: true })
  tokenDigest!: string;

  @NameColumn({ length: 16 })
  portal!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  /** The sign-in session at the key manager; its end ends this one. Null for those begun before it was kept. */
  @Index('ix_portal_session_sign_in')
  @UuidColumn({ nullable: true })
  signInSessionUuid!: string | null;

  @JsonColumn()
  scopes!: string[];

  /** Access, refresh and ID token, encrypted. */
  @LongTextColumn()
  tokens!: string;

  @BigIntColumn()
  accessExpiresAt!: number;

  /** Counts the renewals: of processes that renew at the same time one wins. */
  @Column({ type: 'int' })
  renewals!: number;

  /** Until then somebody renews the tokens: the refresh token is good for one use. */
  @BigIntColumn()
  renewingUntil!: number;

  @Index('ix_portal_session_expires')
  @BigIntColumn()
  expiresAt!: number;
}
