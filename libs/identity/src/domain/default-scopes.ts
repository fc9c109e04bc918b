/**
 * Which roles give which management scope, until an organization says otherwise. The role `admin` gives all of them
 * and is not repeated in the table. A scope that is not here cannot be granted.
 */
const creator = 'Internal/creator';
const publisher = 'Internal/publisher';
const subscriber = 'Internal/subscriber';
const observer = 'Internal/observer';
const devops = 'Internal/devops';
const integrationDev = 'Internal/integration_dev';
const analytics = 'Internal/analytics';

/** Scopes by the set of roles (besides `admin`) that give them. */
const groups: readonly { readonly roles: readonly string[]; readonly scopes: readonly string[] }[] = [
  {
    roles: [],
    scopes: [
      'apim:admin',
      'apim:admin_alert_manage',
      'apim:admin_operations',
      'apim:admin_settings',
      'apim:api_category',
      'apim:api_manage',
      'apim:api_provider_change',
      'apim:api_workflow_approve',
      'apim:api_workflow_view',
      'apim:app_owner_change',
      'apim:bl_manage',
      'apim:bl_view',
      'apim:bot_data',
      'apim:environment_manage',
      'apim:environment_read',
      'apim:gov_policy_manage',
      'apim:gov_rule_manage',
      'apim:keymanagers_manage',
      'apim:label_manage',
      'apim:label_read',
      'apim:llm_provider_manage',
      'apim:monetization_usage_publish',
      'apim:organization_manage',
      'apim:organization_read',
      'apim:scope_manage',
      'apim:shared_scope_manage',
      'apim:tenantInfo',
      'apim:tenant_theme_manage',
      'apim:tier_manage',
    ],
  },
  {
    roles: [creator],
    scopes: [
      'apim:api_create',
      'apim:api_delete',
      'apim:api_mediation_policy_manage',
      'apim:client_certificates_add',
      'apim:client_certificates_manage',
      'apim:client_certificates_update',
      'apim:common_operation_policy_manage',
      'apim:ep_certificates_add',
      'apim:ep_certificates_manage',
      'apim:ep_certificates_update',
      'apim:gateway_policy_manage',
      'apim:mcp_server_create',
      'apim:mcp_server_delete',
      'apim:mcp_server_manage',
      'apim:mediation_policy_create',
      'apim:mediation_policy_manage',
      'apim:threat_protection_policy_create',
      'apim:threat_protection_policy_manage',
    ],
  },
  {
    roles: [publisher],
    scopes: [
      'apim:api_publish',
      'apim:mcp_server_publish',
      'apim:pub_alert_manage',
      'apim:subscription_block',
      'apim:subscription_manage',
    ],
  },
  {
    roles: [creator, publisher],
    scopes: [
      'apim:api_generate_key',
      'apim:client_certificates_view',
      'apim:comment_manage',
      'apim:comment_view',
      'apim:comment_write',
      'apim:common_operation_policy_view',
      'apim:document_create',
      'apim:document_manage',
      'apim:ep_certificates_view',
      'apim:gateway_policy_view',
      'apim:gov_policy_read',
      'apim:gov_result_read',
      'apim:gov_rule_read',
      'apim:llm_provider_read',
      'apim:mediation_policy_view',
      'apim:publisher_organization_read',
      'apim:subscription_view',
      'apim:tier_view',
    ],
  },
  {
    roles: [creator, publisher, observer, analytics],
    scopes: [
      'apim:api_definition_view',
      'apim:api_list_view',
      'apim:api_view',
      'apim:mcp_server_list_view',
      'apim:mcp_server_view',
      'apim:publisher_settings',
    ],
  },
  { roles: [subscriber, devops], scopes: ['apim:app_manage', 'apim:sub_manage', 'apim:subscribe'] },
  { roles: [subscriber], scopes: ['apim:api_key', 'apim:store_settings', 'apim:sub_alert_manage'] },
  {
    roles: [devops],
    scopes: [
      'apim:api_import_export',
      'apim:api_product_import_export',
      'apim:app_import_export',
      'apim:mcp_server_import_export',
      'apim:policies_import_export',
    ],
  },
  {
    roles: [creator, publisher, integrationDev],
    scopes: ['service_catalog:service_view', 'service_catalog:service_write'],
  },
  { roles: [creator, publisher, subscriber, devops], scopes: ['apim:dcr:app_manage'] },
];

/** Scope → roles besides `admin`. */
export const defaultScopeRoles: ReadonlyMap<string, readonly string[]> = new Map(
  groups.flatMap((group) => group.scopes.map((scope) => [scope, group.roles] as const)),
);

/** True for scopes of the management surfaces: only tokens of management clients may carry them. */
export function isManagementScope(scope: string): boolean {
  return scope.startsWith('apim:') || scope.startsWith('service_catalog:');
}
