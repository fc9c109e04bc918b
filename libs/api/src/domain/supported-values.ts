/** Markers say which kinds of security are mandatory; they stand for no kind themselves. */
export const securityMarkers = ['oauth_basic_auth_api_key_mandatory', 'mutualssl_mandatory'] as const;
/** What gateways can check. */
export const gatewaySecurity = ['oauth2', 'api_key', 'mutualssl'] as const;
export const securitySchemes = [...gatewaySecurity, ...securityMarkers] as const;

/** Stands for every key manager of the organization. */
export const everyKeyManager = 'all';

/** The product's own gateway, by its two names among clients. */
export const gatewayTypes = ['wso2/synapse', 'Regular'] as const;

/** Says what may stand in a field whose value means nothing here. */
export function onlyThese(values: readonly string[]): string {
  return `Available here: ${values.map((value) => `"${value}"`).join(', ')}.`;
}
