import 'reflect-metadata';
import { run } from '@tollgate/launcher';
import { trafficManagerRole } from '@tollgate/role-traffic-manager';

await run({ app: 'traffic-manager', roles: [trafficManagerRole] });
