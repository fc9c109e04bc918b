import { keepsCustomRules } from './support/custom-rule-cases.js';
import { embedded } from './support/settings.js';

keepsCustomRules('custom rules in one process on SQLite', embedded);
