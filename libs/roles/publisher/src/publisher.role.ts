import type { Role } from '@tollgate/launcher';
import { PublisherModule } from './publisher.module.js';

/** What the launcher starts. */
export const publisherRole: Role = { name: 'publisher', needs: ['database'], module: () => PublisherModule };
