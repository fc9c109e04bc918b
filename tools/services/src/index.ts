export { startServices } from './start-services.js';
export type { Services, ServicesOptions } from './start-services.js';
export { PrivateServer } from './process.js';
export { ensureInstalled, provideServices, serviceVariables } from './provide.js';
export type { ProvidedServices, ProvideOptions } from './provide.js';
export { locateInstalled, missingOf } from './locate.js';
export type { Installed, ServiceKind } from './locate.js';
export { freePort } from './probe.js';
