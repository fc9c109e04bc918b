import type { Role } from '@tollgate/launcher';
import { EventHubModule } from './event-hub.module.js';

/** What the launcher starts. */
export const eventHubRole: Role = {
  name: 'event-hub',
  needs: ['database', 'jobs'],
  module: (config) => EventHubModule.forRoot(config),
};
