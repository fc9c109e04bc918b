import 'reflect-metadata';
import { showMadePassword } from '@tollgate/identity/server';
import { run } from '@tollgate/launcher';
import { eventHubRole } from '@tollgate/role-event-hub';
import { schema } from '@tollgate/schema';

await run({ app: 'event-hub', roles: [eventHubRole], schema }, showMadePassword);
