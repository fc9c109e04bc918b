export { managementAudience } from './audience.js';
export { defaultScope, isFreeScope } from './free-scopes.js';
export { grantTypes, knownGrantTypes } from './grant-types.js';
export type { GrantType } from './grant-types.js';
export { redirectUriProblem } from './redirect-uri.js';
