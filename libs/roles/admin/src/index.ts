export { AdminModule } from './admin.module.js';
export { adminRole } from './admin.role.js';
export { AdminScimModule } from './scim/admin-scim.module.js';
export { AdminTenantsModule } from './tenants/admin-tenants.module.js';
