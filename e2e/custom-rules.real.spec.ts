import { keepsCustomRules } from './support/custom-rule-cases.js';
import { distributed } from './support/settings.js';

keepsCustomRules('custom rules in a distributed installation', distributed);
