export { KeyManagerModule } from './key-manager.module.js';
export { keyManagerRole } from './key-manager.role.js';
