export { DevportalModule } from './devportal.module.js';
export { devportalRole } from './devportal.role.js';
