import type { Role } from '@tollgate/launcher';
import { DevportalModule } from './devportal.module.js';

/** What the launcher starts. */
export const devportalRole: Role = {
  name: 'devportal',
  needs: ['database', 'jobs'],
  module: () => DevportalModule,
};
