export { amqpUrls, mysqlUrl, redisUrl } from './services.js';
export { freshMysqlDatabase } from './fresh-database.js';
export type { FreshDatabase } from './fresh-database.js';
export { randomPrefix } from './random-prefix.js';
export type { ProvidedUrls } from './provided.js';
export { contractValidator } from './contract/contract-validator.js';
export type { Answer, ContractValidator } from './contract/contract-validator.js';
export { startTcpProxy } from './tcp-proxy.js';
export type { TcpProxy } from './tcp-proxy.js';
