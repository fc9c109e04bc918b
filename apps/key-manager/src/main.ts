import 'reflect-metadata';
import { showMadePassword } from '@tollgate/identity/server';
import { run } from '@tollgate/launcher';
import { keyManagerRole } from '@tollgate/role-key-manager';
import { schema } from '@tollgate/schema';

await run({ app: 'key-manager', roles: [keyManagerRole], schema }, showMadePassword);
