import type { Role } from '@tollgate/launcher';
import { KeyManagerModule } from './key-manager.module.js';

/** `/oauth2`, `/t/{tenant}/oauth2`, discovery and `/client-registration`. */
export const keyManagerRole: Role = {
  name: 'key-manager',
  needs: ['database', 'jobs'],
  module: () => KeyManagerModule,
};
