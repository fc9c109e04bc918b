export { AdminThrottlingModule } from './throttling/throttling.module.js';
