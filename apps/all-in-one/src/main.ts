import 'reflect-metadata';
import { run } from '@tollgate/launcher';
import { adminRole } from '@tollgate/role-admin';
import { devportalRole } from '@tollgate/role-devportal';
import { eventHubRole } from '@tollgate/role-event-hub';
import { gatewayRole } from '@tollgate/role-gateway';
import { keyManagerRole } from '@tollgate/role-key-manager';
import { publisherRole } from '@tollgate/role-publisher';
import { trafficManagerRole } from '@tollgate/role-traffic-manager';
import { schema } from '@tollgate/schema';
import { deploySample } from './sample/deploy-sample.js';
import { printWelcome } from './welcome.js';

const roles = [publisherRole, devportalRole, adminRole, keyManagerRole, eventHubRole, trafficManagerRole, gatewayRole];

await run({ app: 'all-in-one', roles, schema, console: true, switches: ['sample'] }, async (running, switches) => {
  const sample = switches.has('sample') ? await deploySample(running) : null;
  printWelcome(running, sample);
});
