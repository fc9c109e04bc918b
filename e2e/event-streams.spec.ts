import { keepsEventStreams } from './support/event-stream-cases.js';
import { embedded } from './support/settings.js';

keepsEventStreams('streams of events in one process on SQLite', embedded);
