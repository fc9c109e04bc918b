import { keepsTheMission } from './support/mission.js';
import { onServers } from './support/settings.js';

keepsTheMission('all in one process on MariaDB, RabbitMQ and Redis', onServers);
