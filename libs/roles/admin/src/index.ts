export { AdminModule } from './admin.module.js';
export { adminRole } from './admin.role.js';
