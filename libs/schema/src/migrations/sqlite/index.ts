import { Initial1790000000000 } from './1790000000000-initial.js';
import { SignInThrottle1795843177389 } from './1795843177389-sign-in-throttle.js';

export const migrations = [Initial1790000000000, SignInThrottle1795843177389];
