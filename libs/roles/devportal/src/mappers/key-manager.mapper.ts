import { residentType, type KeyManager } from '@tollgate/oauth/server';

/** `KeyManagerInfo` of the contract: what somebody needs who makes keys. */
export function keyManagerAnswer(
  { uuid, name, type, enabled, settings }: KeyManager,
  resident: { readonly base: string; readonly grantTypes: readonly string[] },
) {
  const isResident = type === residentType;
  return {
    id: uuid,
    name,
    type,
    displayName: settings.displayName || name,
    description: settings.description,
    enabled,
    availableGrantTypes: [...(isResident ? resident.grantTypes : settings.availableGrantTypes)],
    tokenEndpoint: isResident ? `${resident.base}/token` : settings.displayTokenEndpoint || settings.tokenEndpoint,
    revokeEndpoint: isResident ? `${resident.base}/revoke` : settings.displayRevokeEndpoint || settings.revokeEndpoint,
    userInfoEndpoint: settings.userInfoEndpoint,
    enableTokenGeneration: settings.enableTokenGeneration,
    enableTokenEncryption: false,
    enableTokenHashing: false,
    enableOAuthAppCreation: settings.enableOAuthAppCreation,
    enableMapOAuthConsumerApps: settings.enableMapOAuthConsumerApps,
    tokenType: settings.tokenType,
    alias: settings.alias,
  };
}
