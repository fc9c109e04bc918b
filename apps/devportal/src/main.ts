import 'reflect-metadata';
import { showMadePassword } from '@tollgate/identity/server';
import { run } from '@tollgate/launcher';
import { devportalRole } from '@tollgate/role-devportal';
import { schema } from '@tollgate/schema';

await run({ app: 'devportal', roles: [devportalRole], schema }, showMadePassword);
