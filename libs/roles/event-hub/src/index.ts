export { EventHubModule } from './event-hub.module.js';
export type { EventHubConfig } from './event-hub.module.js';
export { eventHubRole } from './event-hub.role.js';
export { hubAuthenticator, hubScheme } from './hub-authentication.js';
export { MaintenanceJobsModule } from './jobs/maintenance-jobs.module.js';
