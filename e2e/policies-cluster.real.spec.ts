import { layouts } from './support/layouts.js';
import { fewCases, keepsPolicies } from './support/policy-cases.js';

// One row of each kind; `npm run policies` takes every row on every layout.
const name = 'two managers in one load-balanced group';
keepsPolicies(`policies at two gateways, ${name}`, layouts[name]!, { only: fewCases, levels: true });
