import 'reflect-metadata';
import { run } from '@tollgate/launcher';
import { gatewayRole } from '@tollgate/role-gateway';

await run({ app: 'gateway', roles: [gatewayRole] });
