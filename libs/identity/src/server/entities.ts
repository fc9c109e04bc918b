import { AuditEvent } from './audit.entity.js';
import { Organization, Role, ScopeMapping, User, UserRole } from './identity.entities.js';
import { PasswordReset } from './password-reset.entity.js';
import { secondFactorEntities } from './second-factor.entities.js';
import { signInEntities } from './sign-in.entities.js';

export const identityEntities = [
  Organization,
  User,
  Role,
  UserRole,
  ScopeMapping,
  ...signInEntities,
  AuditEvent,
  PasswordReset,
  ...secondFactorEntities,
] as const;
