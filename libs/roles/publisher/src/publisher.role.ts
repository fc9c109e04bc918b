import { Module } from '@nestjs/common';
import type { Role } from '@tollgate/launcher';
import { NotificationsModule } from './notifications/notifications.module.js';
import { PublisherModule } from './publisher.module.js';

@Module({ imports: [PublisherModule, NotificationsModule] })
class PublisherRoleModule {}

/** What the launcher starts. */
export const publisherRole: Role = {
  name: 'publisher',
  needs: ['database', 'jobs'],
  module: () => PublisherRoleModule,
};
