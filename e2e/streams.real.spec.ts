import { keepsEventStreams } from './support/event-stream-cases.js';
import { distributed } from './support/settings.js';
import { keepsWebSockets } from './support/web-socket-cases.js';

const where = 'at two gateways on MariaDB, RabbitMQ and Redis';
keepsWebSockets(`WebSockets ${where}`, () => distributed({ sharedCounters: true }));
keepsEventStreams(`streams of events ${where}`, () => distributed({ sharedCounters: true }));
