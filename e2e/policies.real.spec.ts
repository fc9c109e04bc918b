import { keepsPolicies } from './support/policy-cases.js';
import { onServers } from './support/settings.js';

keepsPolicies('policies in one process on MariaDB, RabbitMQ and Redis', onServers);
