import { layouts } from './support/layouts.js';
import { keepsPolicies } from './support/policy-cases.js';

for (const [name, start] of Object.entries(layouts)) {
  keepsPolicies(`policies at two gateways, ${name}`, start, {
    levels: true,
    canBeStrict: name.includes('shared store'),
  });
}
