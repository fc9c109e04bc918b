export { adminRole, defaultRoles, everyoneRole } from './default-roles.js';
export { defaultScopeRoles, isManagementScope } from './default-scopes.js';
export { grantableScopes } from './grantable.js';
export { checkOrganizationDomain } from './organization-domain.js';
export { checkRoleName } from './role-name.js';
export { checkUserName, maxNameLength, parseUserName, userNameProblem } from './user-name.js';
export type { ParsedUserName } from './user-name.js';
