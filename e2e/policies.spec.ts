import { keepsPolicies } from './support/policy-cases.js';
import { embedded } from './support/settings.js';

keepsPolicies('policies in one process on SQLite', embedded);
