export { DiskCopy } from './disk-copy.js';
export { HttpControlPlane } from './http-control-plane.js';
export type { HttpControlPlaneOptions } from './http-control-plane.js';
export { hubChangeFeed } from './hub-change-feed.js';
export type { HubChangeFeedOptions } from './hub-change-feed.js';
