import { keepsTheMission } from './support/mission.js';
import { embedded } from './support/settings.js';

keepsTheMission('all in one process on SQLite', embedded);
