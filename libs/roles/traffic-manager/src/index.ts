export { trafficManagerRole } from './role.js';
export { TrafficManagerModule } from './traffic-manager.module.js';
