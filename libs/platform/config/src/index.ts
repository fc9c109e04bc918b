export { loadConfig } from './load.js';
export type { ConfigSource } from './load.js';
export { controlPlaneUrl, jobsRedisUrl, ports } from './ports.js';
export type { Ports } from './ports.js';
export { configSchema } from './schema.js';
export type { TollgateConfig } from './schema.js';
export { checkWiring } from './wiring.js';
