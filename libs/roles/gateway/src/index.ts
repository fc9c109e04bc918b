export { gatewayRole } from './gateway.role.js';
export { GatewayModule } from './gateway.module.js';
export { GatewayRuntime } from './gateway-runtime.js';
