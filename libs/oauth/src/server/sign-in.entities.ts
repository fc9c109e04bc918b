import { BigIntColumn, JsonColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { GrantContext } from '../domain/index.js';

/** A person signed in with one browser. Its token is in that browser's cookie. */
@Entity('sign_in_session')
@Index('ix_sign_in_session_user', ['organization', 'userName'])
export class SignInSession {
  @PrimaryGeneratedColumn()
  id!: number;

  @UuidColumn({ unique: true })
  uuid!: string;

  /** Keyed digest of the token in the cookie. */
  @NameColumn({ length: 64, unique: true })
  tokenDigest!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  /** Authentication methods passed (RFC 8176). */
  @JsonColumn()
  amr!: string[];

  @BigIntColumn()
  authenticatedAt!: number;

  @BigIntColumn()
  lastSeenAt!: number;

  /** However much it is used. */
  @Index('ix_sign_in_session_expires')
  @BigIntColumn()
  expiresAt!: number;

  /** As the browser names itself, cut. */
  @NameColumn()
  userAgent!: string;

  /** From where the person signed in. */
  @NameColumn({ length: 64 })
  address!: string;

  /** Uuid of the one at which the person signed in; null: here. */
  @Index('ix_sign_in_session_provider')
  @UuidColumn({ nullable: true })
  identityProvider!: string | null;
}

/** An authorization request that waits for a person: to sign in, to consent. */
@Entity('interaction')
export class Interaction {
  @PrimaryGeneratedColumn()
  id!: number;

  /** In the addresses of its pages. */
  @UuidColumn({ unique: true })
  uuid!: string;

  /** Keyed digest of the cookie of the browser that began it. */
  @NameColumn({ length: 64 })
  browserDigest!: string;

  /** Of the path: `/t/{tenant}`; null for `/oauth2`, which serves all. */
  @NameColumn({ length: 190, nullable: true })
  tenant!: string | null;

  /** Of the authorization request, checked. */
  @JsonColumn()
  parameters!: Record<string, string>;

  /** How far signing in has come. */
  @JsonColumn()
  state!: Record<string, unknown>;

  @BigIntColumn()
  createdAt!: number;

  @Index('ix_interaction_expires')
  @BigIntColumn()
  expiresAt!: number;
}

/** An authorization code (RFC 6749 section 4.1.2). Kept after its use, so that a second use is seen. */
@Entity('authorization_code')
@Index('ix_authorization_code_user', ['organization', 'userName'])
export class AuthorizationCode {
  @PrimaryGeneratedColumn()
  id!: number;

  /** Keyed digest of the code. */
  @NameColumn({ length: 64, unique: true })
  codeDigest!: string;

  @Index('ix_authorization_code_client')
  @NameColumn({ length: 190 })
  consumerKey!: string;

  /** Of the user. */
  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  @JsonColumn()
  scopes!: string[];

  @Column({ type: 'varchar', length: 2000 })
  redirectUri!: string;

  /** The request named it, so the exchange must name it too. */
  @Column({ type: 'boolean' })
  redirectNamed!: boolean;

  /** S256 (RFC 7636 section 4.2); null when the client sent none. */
  @NameColumn({ length: 64, nullable: true })
  codeChallenge!: string | null;

  @JsonColumn()
  context!: GrantContext;

  /** Of the refresh tokens that its exchange begins. */
  @UuidColumn()
  family!: string;

  /** The access token of its exchange. */
  @UuidColumn({ nullable: true })
  accessJti!: string | null;

  @BigIntColumn({ default: 0 })
  accessExpiresAt!: number;

  @Column({ type: 'boolean', default: false })
  used!: boolean;

  /** When it can no longer be exchanged. */
  @BigIntColumn()
  expiresAt!: number;

  /** When nothing issued with it can be valid any more. */
  @Index('ix_authorization_code_forget')
  @BigIntColumn()
  forgetAt!: number;
}

/** What a user allowed a client. */
@Entity('consent')
@Unique('uq_consent', ['organization', 'userName', 'consumerKey'])
export class Consent {
  @PrimaryGeneratedColumn()
  id!: number;

  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  @Index('ix_consent_client')
  @NameColumn({ length: 190 })
  consumerKey!: string;

  @JsonColumn()
  scopes!: string[];

  @BigIntColumn()
  updatedAt!: number;
}
