import { keepsWebSockets } from './support/web-socket-cases.js';
import { embedded } from './support/settings.js';

keepsWebSockets('WebSockets in one process on SQLite', embedded);
