import type { Role } from '@tollgate/launcher';
import { AdminModule } from './admin.module.js';

/** What the launcher starts. */
export const adminRole: Role = { name: 'admin', needs: ['database', 'jobs'], module: () => AdminModule };
