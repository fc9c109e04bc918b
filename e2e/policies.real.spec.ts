import { fewCases, keepsPolicies } from './support/policy-cases.js';
import { onServers } from './support/settings.js';

// One row of each kind; every row is taken in one process on SQLite, and by `npm run policies` on every layout.
keepsPolicies('policies in one process on MariaDB, RabbitMQ and Redis', onServers, { only: fewCases });
