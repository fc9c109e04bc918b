import { BigIntColumn, BusinessObject, JsonColumn, LongTextColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { CertificateName, GrantContext, GrantType, SigningAlgorithm } from '../domain/index.js';

export type KeyType = 'PRODUCTION' | 'SANDBOX';

/**
 * `client_secret`: Basic or in the form. The two of TLS: RFC 8705 section 2. `none`: a public client, which PKCE protects
 * (RFC 7591 section 2).
 */
export type ClientAuthMethod =
  | 'client_secret'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'none';

/** A secret beside the first one of its client. */
export interface AddedSecret {
  readonly id: string;
  /** As `secretDigest`. */
  readonly digest: string;
  /** Its last characters, so that people tell one from another. */
  readonly ending: string;
  readonly description: string;
  readonly createdAt: number;
  /** Milliseconds; null: never. */
  readonly expiresAt: number | null;
}

@Entity('oauth_client')
export class OAuthClient extends BusinessObject {
  @NameColumn({ length: 190, unique: true })
  consumerKey!: string;

  @NameColumn()
  name!: string;

  /** HMAC-SHA-256 of the secret with the installation's key; '' when it was revoked and others are left. */
  @NameColumn({ length: 64 })
  secretDigest!: string;

  /** Encrypted copy, so that the owner can be shown it again; null when none is kept. */
  @LongTextColumn({ nullable: true })
  secretSealed!: string | null;

  /** Others that work too, so that one replaces another without a break; null: none. */
  @JsonColumn({ nullable: true })
  addedSecrets!: AddedSecret[] | null;

  @JsonColumn()
  grantTypes!: GrantType[];

  @JsonColumn()
  callbackUrls!: string[];

  /** User name within the organization. */
  @Index('ix_oauth_client_owner')
  @NameColumn({ length: 190 })
  owner!: string;

  @NameColumn({ length: 16, nullable: true })
  keyType!: KeyType | null;

  /** The application whose key this is; null for a client of the management surfaces. */
  @Index('ix_oauth_client_application')
  @UuidColumn({ nullable: true })
  applicationUuid!: string | null;

  @Column({ type: 'int' })
  accessTokenLifetimeSeconds!: number;

  @Column({ type: 'int' })
  refreshTokenLifetimeSeconds!: number;

  /** Signs its access tokens; null: that of the installation. */
  @NameColumn({ length: 16, nullable: true })
  tokenAlgorithm!: SigningAlgorithm | null;

  /** Its access tokens are random texts that only this installation can read. */
  @Column({ type: 'boolean', default: false })
  opaqueTokens!: boolean;

  /** In its access tokens beside its consumer key. */
  @JsonColumn({ nullable: true })
  audiences!: string[] | null;

  /** In its access tokens beside those of RFC 9068. */
  @JsonColumn({ nullable: true })
  customClaims!: object | null;

  /** Tokens with a longer life than the present setting may live until then: a revocation lasts as long. */
  @BigIntColumn({ default: 0 })
  tokensExpireAt!: number;

  /** Users of every organization may use it. */
  @Column({ type: 'boolean' })
  saas!: boolean;

  /** How it proves itself at the token endpoint. */
  @NameColumn({ length: 32, default: 'client_secret' })
  authMethod!: ClientAuthMethod;

  /** Null unless `tls_client_auth`. */
  @JsonColumn({ nullable: true })
  certificateName!: CertificateName | null;

  /** Its access tokens are bound to the certificate of its connection (RFC 8705 section 3.4). */
  @Column({ type: 'boolean', default: false })
  bindsToCertificate!: boolean;

  /** Part of this installation: its users are not asked for consent. */
  @Column({ type: 'boolean', default: false })
  firstParty!: boolean;

  /** Public keys with which it proves itself (RFC 7517); null unless `private_key_jwt` or `self_signed_tls_client_auth`. */
  @JsonColumn({ nullable: true })
  jwks!: { keys: Record<string, unknown>[] } | null;

  /** Where it may send people after they signed out; null: nowhere. */
  @JsonColumn({ nullable: true })
  postLogoutUris!: string[] | null;

  /** Digest of organization, owner and name of a self-registered client, so that registering again finds it; else null. */
  @NameColumn({ length: 64, nullable: true, unique: true })
  registrationKey!: string | null;
}

@Entity('refresh_token')
@Index('ix_refresh_token_user', ['organization', 'userName'])
export class RefreshToken {
  @PrimaryGeneratedColumn()
  id!: number;

  /** Keyed digest of the token. */
  @NameColumn({ length: 64, unique: true })
  tokenDigest!: string;

  /** All successors of one first token. */
  @Index('ix_refresh_token_family')
  @UuidColumn()
  family!: string;

  @Index('ix_refresh_token_client')
  @NameColumn({ length: 190 })
  consumerKey!: string;

  /** Of the user. */
  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  @JsonColumn()
  scopes!: string[];

  /** The access token that was issued with it, so that revoking one ends the other. */
  @UuidColumn()
  accessJti!: string;

  @BigIntColumn()
  accessExpiresAt!: number;

  @Column({ type: 'boolean', default: false })
  used!: boolean;

  @BigIntColumn({ default: 0 })
  usedAt!: number;

  /** The family was revoked. */
  @Column({ type: 'boolean', default: false })
  revoked!: boolean;

  @BigIntColumn()
  issuedAt!: number;

  @Index('ix_refresh_token_expires')
  @BigIntColumn()
  expiresAt!: number;

  /** No successor lives longer than this. */
  @BigIntColumn()
  familyExpiresAt!: number;

  /** Of the authorization; null for grants without one. */
  @JsonColumn({ nullable: true })
  context!: GrantContext | null;

  /** The sign-in session whose end ends it. */
  @Index('ix_refresh_token_session')
  @UuidColumn({ nullable: true })
  sessionUuid!: string | null;
}

export type RevocationType = 'jti' | 'consumerKey' | 'user' | 'userGrant' | 'application';

@Entity('revocation')
@Unique('uq_revocation', ['type', 'value'])
export class Revocation {
  @PrimaryGeneratedColumn()
  id!: number;

  @NameColumn({ length: 16 })
  type!: RevocationType;

  /** A qualified user name is two names and an `@`. */
  @NameColumn({ length: 400 })
  value!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  @BigIntColumn()
  revokedAt!: number;

  @Index('ix_revocation_expires')
  @BigIntColumn()
  expiresAt!: number;
}

/** Signs tokens of the whole installation. */
@Entity('signing_key')
export class SigningKey {
  @PrimaryGeneratedColumn()
  id!: number;

  @NameColumn({ length: 100, unique: true })
  kid!: string;

  @NameColumn({ length: 16 })
  algorithm!: SigningAlgorithm;

  /** PKCS#8, encrypted. */
  @LongTextColumn()
  privateKeySealed!: string;

  @JsonColumn()
  publicJwk!: Record<string, unknown>;

  @BigIntColumn()
  createdAt!: number;

  /** Signs new tokens from this time on, until a later one of its algorithm does. */
  @BigIntColumn({ default: 0 })
  signsFrom!: number;

  /** No token that it signed is valid later. */
  @BigIntColumn({ default: 0 })
  lastExpiresAt!: number;
}
