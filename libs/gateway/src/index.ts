export { createGateway, Gateway } from './gateway.js';
export type { GatewayStatus } from './gateway.js';
export type { CertificatePair } from './http/certificate-book.js';
export { defaultLimits } from './gateway-options.js';
export type { GatewayLimits, GatewayOptions } from './gateway-options.js';
export type { RequestRecord } from './pipeline/request-record.js';
export type { DeploymentOutcome } from './sync/deployed-apis.js';
export type { NumberedBatch } from './sync/event-flusher.js';
export type { RuntimeChange } from './sync/runtime-state.js';
