/** Scopes that let somebody look at or change a part of the administration; one of each row is enough. */
export const scopes = {
  viewPolicies: ['apim:admin', 'apim:tier_view', 'apim:tier_manage'],
  managePolicies: ['apim:admin', 'apim:tier_manage'],
  viewDenials: ['apim:admin', 'apim:bl_view', 'apim:bl_manage'],
  manageDenials: ['apim:admin', 'apim:bl_manage'],
  /** Topology, audit log, people, tenant settings. */
  administer: ['apim:admin'],
  viewTasks: ['apim:admin', 'apim:api_workflow_view'],
  decideTasks: ['apim:admin', 'apim:api_workflow_approve'],
  viewEnvironments: ['apim:admin', 'apim:environment_read', 'apim:environment_manage'],
  manageEnvironments: ['apim:admin', 'apim:environment_manage'],
  manageKeyManagers: ['apim:admin', 'apim:admin_operations', 'apim:keymanagers_manage'],
} as const;
