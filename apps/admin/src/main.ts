import 'reflect-metadata';
import { showMadePassword } from '@tollgate/identity/server';
import { run } from '@tollgate/launcher';
import { adminRole } from '@tollgate/role-admin';
import { schema } from '@tollgate/schema';

await run({ app: 'admin', roles: [adminRole], schema }, showMadePassword);
