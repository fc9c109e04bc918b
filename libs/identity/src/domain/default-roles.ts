/** Roles that every organization has from its beginning. */
export const defaultRoles = [
  'admin',
  'Internal/creator',
  'Internal/publisher',
  'Internal/subscriber',
  'Internal/observer',
  'Internal/devops',
  'Internal/integration_dev',
  'Internal/analytics',
  'Internal/everyone',
] as const;

export const adminRole = 'admin';

/** Every user has it without being given it; it opens nothing by itself. */
export const everyoneRole = 'Internal/everyone';
