import { Module } from '@nestjs/common';
import type { Role } from '@tollgate/launcher';
import { EventHubModule } from './event-hub.module.js';
import { MaintenanceJobsModule } from './jobs/maintenance-jobs.module.js';

@Module({})
class EventHubRoleModule {}

/** What the launcher starts: the hub, and the jobs that tidy the database up and send mail. */
export const eventHubRole: Role = {
  name: 'event-hub',
  needs: ['database', 'jobs'],
  module: (config) => ({
    module: EventHubRoleModule,
    imports: [EventHubModule.forRoot(config), MaintenanceJobsModule],
  }),
};
