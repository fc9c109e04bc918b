import type { ApiRecord, DeploymentRecord, OperationRecord } from '@tollgate/api/contract';
import type { ApplicationRecord, KeyMappingRecord, SubscriptionRecord } from '@tollgate/application/contract';
import { residentKeyManager } from '@tollgate/oauth/contract';
import type { Filter } from '../pipeline/compile-pipeline.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { Refusal } from '../pipeline/verdict.js';
import { invalidCredentials, notSubscribed, subscriptionBlocked, subscriptionPending } from './refusals.js';
import type { RevocationList } from './revocation-list.js';

/** Live lookups, answered from memory. */
export interface ConsumerIndex {
  keyMapping(keyManager: string, consumerKey: string): KeyMappingRecord | undefined;
  application(uuid: string): ApplicationRecord | undefined;
  subscription(apiUuid: string, applicationUuid: string): SubscriptionRecord | undefined;
}

/**
 * Follows the credential to its application and that to its subscription. APIs without business plans and prototypes
 * need no subscription; test keys and callers known by their certificate need no application either.
 */
export function subscriptionFilter(
  api: ApiRecord,
  deployment: DeploymentRecord,
  operation: OperationRecord,
  index: ConsumerIndex,
  revocations: RevocationList,
): Filter | null {
  if (operation.authType === 'None') return null;
  const isFree = deployment.policies.length === 0 || api.lifecycleState === 'PROTOTYPED';

  return function subscription(x) {
    if (x.credential === 'internalKey' || x.credential === 'certificate') return null;
    const refusal =
      x.credential === 'oauth2' ? applicationOfToken(x, api.organization, index) : applicationOfKey(x, index);
    if (refusal !== null) return refusal;
    const { application } = x;
    if (application && revocations.isApplicationRevoked(application.uuid, x.issuedAtMs)) return invalidCredentials;
    if (isFree) return null;
    const found = application && index.subscription(api.uuid, application.uuid);
    if (!found) return notSubscribed;
    x.subscription = found;
    return refusalOfState(found.state, x);
  };
}

/** The record decides the key type; a token that claims another one was made for another mapping. */
function applicationOfToken(x: Exchange, organization: string, index: ConsumerIndex): Refusal | null {
  const mapping = index.keyMapping(x.keyManager, x.consumerKey);
  if (!mapping) return null;
  if (x.claimedKeyType !== null && x.claimedKeyType !== mapping.keyType) return invalidCredentials;
  const application = index.application(mapping.applicationUuid) ?? null;
  // Organizations name their key managers as they like: one of this name elsewhere is another one.
  if (x.keyManager !== residentKeyManager && application?.organization !== organization) return null;
  x.keyType = mapping.keyType;
  x.application = application;
  return null;
}

/** An API key ends with its application. */
function applicationOfKey(x: Exchange, index: ConsumerIndex): Refusal | null {
  x.application = index.application(x.applicationUuid) ?? null;
  return x.application ? null : invalidCredentials;
}

function refusalOfState(state: SubscriptionRecord['state'], x: Exchange): Refusal | null {
  switch (state) {
    case 'UNBLOCKED':
    case 'TIER_UPDATE_PENDING':
    case 'DELETE_PENDING':
      return null;
    case 'BLOCKED':
      return subscriptionBlocked;
    case 'PROD_ONLY_BLOCKED':
      return x.keyType === 'PRODUCTION' ? subscriptionBlocked : null;
    default:
      return subscriptionPending;
  }
}
