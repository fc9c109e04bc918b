export { DiskCopy } from './disk-copy.js';
export { HttpControlPlane } from './http-control-plane.js';
export type { HttpControlPlaneOptions } from './http-control-plane.js';
export { hubChangeFeed } from './hub-change-feed.js';
export type { HubChangeFeedOptions } from './hub-change-feed.js';
export { localControlPlane } from './control-plane-client.js';
export type { ControlPlaneClient } from './control-plane-client.js';
export { hubCredentials } from './hub-credentials.js';
export type { HubCredentialSettings } from './hub-credentials.js';
