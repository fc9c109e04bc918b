export { loadConfig } from './load.js';
export type { ConfigSource } from './load.js';
export { controlPlaneUrl, jobsRedisUrl, ports } from './ports.js';
export type { Ports } from './ports.js';
export { checkCounterStore, counterStoreServers } from './counter-store.js';
export type { RedisServers } from './counter-store.js';
export { configSchema } from './schema.js';
export type { TollgateConfig } from './schema.js';
export { checkWiring } from './wiring.js';
