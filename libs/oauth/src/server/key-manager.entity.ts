import { BigIntColumn, BusinessObject, JsonColumn, LongTextColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Unique } from 'typeorm';
import type { KeyManagerSettings } from '../domain/index.js';
import type { PublicJwk } from './signing-keys.js';

/** Whose tokens an organization takes: the resident key manager, and those that administrators register. */
@Entity('key_manager')
@Unique('uq_key_manager_name', ['organization', 'name'])
export class KeyManager extends BusinessObject {
  @NameColumn({ length: 190 })
  name!: string;

  /** `default` is the resident one. */
  @NameColumn({ length: 45 })
  type!: string;

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @JsonColumn()
  settings!: KeyManagerSettings;

  /** What administrators give to call it with, such as an initial access token; encrypted JSON. */
  @LongTextColumn({ nullable: true })
  connectorSealed!: string | null;

  /** Its public keys as they were read last; kept while it is away. */
  @JsonColumn()
  keys!: PublicJwk[];

  /** When `keys` were read; 0 for keys that were given as PEM. */
  @BigIntColumn({ default: 0 })
  keysReadAt!: number;

  /** Why the last attempt to read them failed; null when it did not. */
  @NameColumn({ nullable: true })
  keysProblem!: string | null;
}

/** A client at an external key manager, made by registration or brought along. */
@Entity('external_client')
@Unique('uq_external_client', ['keyManagerUuid', 'consumerKey'])
export class ExternalClient extends BusinessObject {
  @UuidColumn()
  keyManagerUuid!: string;

  @NameColumn({ length: 190 })
  consumerKey!: string;

  @NameColumn()
  name!: string;

  /** Encrypted; null when none is known. */
  @LongTextColumn({ nullable: true })
  secretSealed!: string | null;

  /** RFC 7592; null for a client that was brought along. */
  @LongTextColumn({ nullable: true })
  registrationUri!: string | null;

  @LongTextColumn({ nullable: true })
  registrationTokenSealed!: string | null;

  @JsonColumn()
  grantTypes!: string[];

  @JsonColumn()
  callbackUrls!: string[];
}
