import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/database';
import { RecordWriter, type RecordKey } from '@tollgate/deployment/server';
import { OrganizationReader } from '@tollgate/identity/server';
import { residentKeyManager, type KeyManagerRecord } from '../contract/index.js';
import { userClaimOf } from '../domain/index.js';
import { KeyManager } from './key-manager.entity.js';
import { OAuthSettings } from './oauth-settings.js';
import { SigningKeys } from './signing-keys.js';

/** Tells gateways whose tokens to take, with the public keys. */
@Injectable()
export class KeyManagerRecords {
  constructor(
    private readonly records: RecordWriter,
    private readonly keys: SigningKeys,
    private readonly organizations: OrganizationReader,
    private readonly settings: OAuthSettings,
  ) {}

  residentIssuer(organization: string): string {
    return this.settings.issuer(organization);
  }

  /** Writes the record of an organization's resident key manager. */
  async publish(tx: Transaction, organization: string): Promise<void> {
    const row = await tx.manager.findOneBy(KeyManager, { organization, name: residentKeyManager });
    const value: KeyManagerRecord = {
      name: residentKeyManager,
      organization,
      issuer: this.residentIssuer(organization),
      enabled: row?.enabled ?? true,
      jwks: { keys: await this.keys.publicJwks(tx) },
      consumerKeyClaim: 'azp',
      scopesClaim: 'scope',
      userClaim: 'sub',
      isExternal: false,
      claimMapping: [],
    };
    await this.records.put(tx, recordKey(organization, residentKeyManager), value);
  }

  /** The keys of the installation have changed: tells the gateways of every organization. */
  async publishAll(tx: Transaction): Promise<void> {
    for (const { domain } of await this.organizations.list(tx)) await this.publish(tx, domain);
  }

  /** Writes the record of an external key manager. */
  async put(tx: Transaction, row: KeyManager): Promise<void> {
    const { organization, name, settings } = row;
    const value: KeyManagerRecord = {
      name,
      organization,
      issuer: settings.issuer,
      // Tokens that have to be exchanged first open nothing by themselves.
      enabled: row.enabled && settings.tokenType !== 'EXCHANGED',
      jwks: { keys: [...row.keys] },
      consumerKeyClaim: settings.consumerKeyClaim,
      scopesClaim: settings.scopesClaim,
      userClaim: userClaimOf(settings),
      isExternal: true,
      vouchesForUsers: row.enabled && settings.tokenType !== 'DIRECT',
      claimMapping: [...settings.claimMapping],
    };
    await this.records.put(tx, recordKey(organization, name), value);
  }

  async remove(tx: Transaction, { organization, name }: KeyManager): Promise<void> {
    await this.records.remove(tx, recordKey(organization, name));
  }
}

function recordKey(organization: string, name: string): RecordKey {
  return {
    kind: 'key-manager',
    id: `${organization}:${name}`,
    organization,
    eventType: 'key_manager_configuration',
    topic: 'keyManager',
  };
}
