import { showMadePassword } from '@tollgate/identity/server';
import { run } from '@tollgate/launcher';
import { adminRole } from '@tollgate/role-admin';
import { devportalRole } from '@tollgate/role-devportal';
import { eventHubRole } from '@tollgate/role-event-hub';
import { gatewayRole } from '@tollgate/role-gateway';
import { keyManagerRole } from '@tollgate/role-key-manager';
import { publisherRole } from '@tollgate/role-publisher';
import { trafficManagerRole } from '@tollgate/role-traffic-manager';
import { schema } from '@tollgate/schema';

const roles = [publisherRole, devportalRole, adminRole, keyManagerRole, eventHubRole, trafficManagerRole, gatewayRole];

/** Starts the roles that `--roles` names, or all of them. Returns when they serve; problems end the process. */
export async function start(): Promise<void> {
  process.argv.splice(2, 1); // the launcher reads what follows the command
  await run({ app: 'tollgate', roles, schema }, (running) => {
    if (running.roles.some(({ needs }) => needs.includes('database'))) showMadePassword(running);
  });
}
