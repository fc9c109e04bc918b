import 'reflect-metadata';
import { showMadePassword } from '@tollgate/identity/server';
import { run } from '@tollgate/launcher';
import { publisherRole } from '@tollgate/role-publisher';
import { schema } from '@tollgate/schema';

await run({ app: 'publisher', roles: [publisherRole], schema }, showMadePassword);
