import { Organization, Role, ScopeMapping, User, UserRole } from './identity.entities.js';
import { signInEntities } from './sign-in.entities.js';

export const identityEntities = [Organization, User, Role, UserRole, ScopeMapping, ...signInEntities] as const;
