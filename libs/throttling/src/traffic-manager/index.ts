export { TrafficManager } from './traffic-manager.js';
export type { ReceivedBatch, TrafficManagerOptions, TrafficManagerStats } from './traffic-manager.js';
export type { PolicyLookup } from './increments.js';
