import type { Role } from '@tollgate/launcher';
import { GatewayModule } from './gateway.module.js';

/** Serves API traffic. Opens no database and runs no jobs: all it knows comes from the control plane. */
export const gatewayRole: Role = { name: 'gateway', needs: [], module: () => GatewayModule };
