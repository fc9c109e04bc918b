import { BigIntColumn, JsonColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { GrantContext } from '../domain/index.js';

/** An authorization request that the client sent ahead (RFC 9126). */
@Entity('pushed_request')
export class PushedRequest {
  @PrimaryGeneratedColumn()
  id!: number;

  /** Keyed digest of the end of the `request_uri`. */
  @NameColumn({ length: 64, unique: true })
  uriDigest!: string;

  @NameColumn({ length: 190 })
  consumerKey!: string;

  @JsonColumn()
  parameters!: Record<string, string>;

  @Index('ix_pushed_request_expires')
  @BigIntColumn()
  expiresAt!: number;
}

/** `waiting` for the person, who then allows or denies it; `used` once the client has its tokens. */
export type DeviceState = 'waiting' | 'allowed' | 'denied' | 'used';

/** A device that waits for a person to sign in elsewhere (RFC 8628). */
@Entity('device_grant')
export class DeviceGrant {
  @PrimaryGeneratedColumn()
  id!: number;

  @UuidColumn({ unique: true })
  uuid!: string;

  /** Keyed digest of what the device polls with. */
  @NameColumn({ length: 64, unique: true })
  deviceCodeDigest!: string;

  /** Keyed digest of what the person types, without its dash. */
  @NameColumn({ length: 64, unique: true })
  userCodeDigest!: string;

  @NameColumn({ length: 190 })
  consumerKey!: string;

  /** Of the path; null for `/oauth2`. */
  @NameColumn({ length: 190, nullable: true })
  tenant!: string | null;

  /** As asked; once allowed, as granted. */
  @JsonColumn()
  scopes!: string[];

  @NameColumn({ length: 16 })
  state!: DeviceState;

  /** Of the person who allowed it. */
  @NameColumn({ length: 190, nullable: true })
  organization!: string | null;

  @NameColumn({ length: 190, nullable: true })
  userName!: string | null;

  @JsonColumn({ nullable: true })
  context!: GrantContext | null;

  /** Seconds that the device waits between two polls. */
  @Column({ type: 'int' })
  intervalSeconds!: number;

  @BigIntColumn()
  polledAt!: number;

  @Index('ix_device_grant_expires')
  @BigIntColumn()
  expiresAt!: number;
}

/** An identifier that counts once: the `jti` of an assertion or of a proof. */
@Entity('one_time_id')
export class OneTimeId {
  @PrimaryGeneratedColumn()
  id!: number;

  @NameColumn({ length: 64, unique: true })
  digest!: string;

  @Index('ix_one_time_id_expires')
  @BigIntColumn()
  expiresAt!: number;
}
