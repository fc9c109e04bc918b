import { randomUUID } from 'node:crypto';
import type { Transaction } from '@tollgate/database';
import { residentKeyManager } from '../contract/index.js';
import type { KeyManagerSettings } from '../domain/index.js';
import { KeyManager } from './key-manager.entity.js';

/** Addresses are those of this installation and not kept: see `OAuthSettings`. */
const settings: KeyManagerSettings = {
  displayName: residentKeyManager,
  description: 'The key manager of this installation',
  tokenType: 'DIRECT',
  alias: '',
  issuer: '',
  wellKnownEndpoint: '',
  clientRegistrationEndpoint: '',
  introspectionEndpoint: '',
  tokenEndpoint: '',
  displayTokenEndpoint: '',
  revokeEndpoint: '',
  displayRevokeEndpoint: '',
  userInfoEndpoint: '',
  authorizeEndpoint: '',
  scopeManagementEndpoint: '',
  certificates: { type: 'JWKS', value: '' },
  availableGrantTypes: [],
  enableTokenGeneration: true,
  enableMapOAuthConsumerApps: false,
  enableOAuthAppCreation: true,
  enableProvisionedAppValidation: true,
  consumerKeyClaim: 'azp',
  scopesClaim: 'scope',
  claimMapping: [],
  permissions: { permissionType: 'PUBLIC', roles: [] },
};

/** Makes the row by which an administrator switches the resident key manager off and on. */
export async function ensureResident(tx: Transaction, organization: string, nowMs: number): Promise<void> {
  if (await tx.manager.existsBy(KeyManager, { organization, name: residentKeyManager })) return;
  const common = { uuid: randomUUID(), organization, rowVersion: 1, createdAt: nowMs, updatedAt: nowMs };
  await tx.manager.insert(KeyManager, {
    ...common,
    name: residentKeyManager,
    type: 'default',
    enabled: true,
    settings: settings as never,
    connectorSealed: null,
    keys: [],
    keysReadAt: 0,
    keysProblem: null,
  });
}
