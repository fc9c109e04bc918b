import { BigIntColumn, BusinessObject, JsonColumn, LongTextColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { IdentityProviderSettings, ProviderMetadata } from '../../domain/index.js';

/** An OpenID provider at which users of an organization sign in. */
@Entity('identity_provider')
@Unique('uq_identity_provider_name', ['organization', 'name'])
export class IdentityProvider extends BusinessObject {
  /** In the address that it sends people back to. */
  @NameColumn({ length: 40 })
  name!: string;

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @JsonColumn()
  settings!: IdentityProviderSettings;

  /** As it was read when the provider was saved. */
  @JsonColumn()
  metadata!: ProviderMetadata;

  /** Encrypted; null for a public client. */
  @LongTextColumn({ nullable: true })
  clientSecretSealed!: string | null;
}

/**
 * Whose account a person at a provider uses. Persons are known by provider and subject alone, as the subject is the only
 * thing that a provider promises not to give to another person (OpenID Connect Core section 5.7).
 */
@Entity('federated_account')
@Unique('uq_federated_account_subject', ['providerUuid', 'subject'])
@Index('ix_federated_account_user', ['organization', 'userName'])
export class FederatedAccount {
  @PrimaryGeneratedColumn()
  id!: number;

  @UuidColumn({ unique: true })
  uuid!: string;

  @UuidColumn()
  providerUuid!: string;

  /** `sub` of its ID tokens. */
  @NameColumn()
  subject!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  @NameColumn({ length: 190 })
  userName!: string;

  /** Another user that gets the name later is somebody else. */
  @UuidColumn()
  userUuid!: string;

  /** The account was made at the first sign-in, and follows what the provider says. */
  @Column({ type: 'boolean' })
  provisioned!: boolean;

  @BigIntColumn()
  createdAt!: number;

  @BigIntColumn({ default: 0 })
  lastUsedAt!: number;
}
