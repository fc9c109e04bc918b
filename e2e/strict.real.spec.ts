import { keepsStrictPolicies } from './support/policy-cases.js';
import { distributed } from './support/settings.js';

keepsStrictPolicies('strict policies at two gateways over RabbitMQ, MariaDB and Redis', () =>
  distributed({ sharedCounters: true }),
);
