import 'reflect-metadata';
import { showMadePassword } from '@tollgate/identity/server';
import { run } from '@tollgate/launcher';
import { adminRole } from '@tollgate/role-admin';
import { devportalRole } from '@tollgate/role-devportal';
import { eventHubRole } from '@tollgate/role-event-hub';
import { keyManagerRole } from '@tollgate/role-key-manager';
import { publisherRole } from '@tollgate/role-publisher';
import { schema } from '@tollgate/schema';

await run(
  {
    app: 'control-plane',
    roles: [publisherRole, devportalRole, adminRole, keyManagerRole, eventHubRole],
    schema,
  },
  showMadePassword,
);
