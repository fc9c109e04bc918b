export { AddressForbiddenError, AddressGuard } from './address-guard.js';
export { fetchGuarded, postGuarded, sendGuarded } from './guarded-fetch.js';
export type { GuardedFetchOptions, GuardedRequest } from './guarded-fetch.js';
export { guardOf } from './network-config.js';
export type { NetworkConfig } from './network-config.js';
export {
  ApimError,
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  StaleVersionError,
  StartupError,
  UnauthenticatedError,
  UnavailableError,
} from './errors.js';
export type { ApimErrorShape, FieldProblem } from './errors.js';
export { systemClock } from './clock.js';
export type { Clock } from './clock.js';
export { createLogger, safeMessage } from './logger.js';
export type { Logger } from './logger.js';
export { JsonTextError, maxJsonDepth, parseStrictJson } from './json.js';
export type { Json } from './json.js';
export { qualifiedUserName, shownUserName, superOrganization } from './organization.js';
export { SecretBox } from './secret-box.js';
export { tollgateClock, tollgateConfig, tollgateLogger } from './tokens.js';
