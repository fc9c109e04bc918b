export { startOAuthTestApp } from './oauth-test-app.js';
export type { OAuthTestApp, OAuthTestOptions } from './oauth-test-app.js';
export { settableClock } from './settable-clock.js';
export type { SettableClock } from './settable-clock.js';
