import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { OrganizationReader } from '@tollgate/identity/server';
import { residentKeyManager, type KeyManagerRecord } from '../contract/index.js';
import { OAuthSettings } from './oauth-settings.js';
import { SigningKeys } from './signing-keys.js';

/** Tells gateways whose tokens to take: the resident key manager of each organization with its public keys. */
@Injectable()
export class KeyManagerRecords {
  constructor(
    private readonly records: RecordWriter,
    private readonly keys: SigningKeys,
    private readonly organizations: OrganizationReader,
    private readonly settings: OAuthSettings,
  ) {}

  /** Writes the organization's record. */
  async publish(tx: Transaction, organization: string): Promise<void> {
    const value: KeyManagerRecord = {
      name: residentKeyManager,
      organization,
      issuer: this.settings.issuer(organization),
      enabled: true,
      jwks: { keys: await this.keys.publicJwks(tx) },
      consumerKeyClaim: 'azp',
      scopesClaim: 'scope',
    };
    const id = `${organization}:${residentKeyManager}`;
    await this.records.put(
      tx,
      { kind: 'key-manager', id, organization, eventType: 'key_manager_configuration', topic: 'keyManager' },
      value,
    );
  }

  /** The keys of the installation have changed: tells the gateways of every organization. */
  async publishAll(tx: Transaction): Promise<void> {
    for (const { domain } of await this.organizations.list(tx)) await this.publish(tx, domain);
  }
}
