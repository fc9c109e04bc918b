import { Organization, Role, ScopeMapping, User, UserRole } from './identity.entities.js';

export const identityEntities = [Organization, User, Role, UserRole, ScopeMapping] as const;
