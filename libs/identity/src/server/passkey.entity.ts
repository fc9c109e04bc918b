import { BigIntColumn, JsonColumn, LongTextColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A passkey of a user (WebAuthn): its public part. */
@Entity('passkey')
@Index('ix_passkey_user', ['organization', 'userName'])
export class Passkey {
  @PrimaryGeneratedColumn()
  id!: number;

  @UuidColumn({ unique: true })
  uuid!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  /** What the user calls it. */
  @NameColumn({ length: 100 })
  name!: string;

  /** SHA-256 of the credential's id, in hexadecimal: an id has up to 1,023 bytes. */
  @NameColumn({ length: 64, unique: true })
  credentialDigest!: string;

  /** Base64url. */
  @LongTextColumn()
  credentialId!: string;

  /** COSE key, base64url. */
  @LongTextColumn()
  publicKey!: string;

  /** Of the last use; stays 0 with authenticators that do not count. */
  @BigIntColumn({ default: 0 })
  counter!: number;

  @JsonColumn()
  transports!: string[];

  @BigIntColumn()
  createdAt!: number;

  @BigIntColumn({ default: 0 })
  lastUsedAt!: number;
}
