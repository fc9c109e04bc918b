import type { Surface } from '@tollgate/http';

/** The contract's prefix: what answers and documents name. */
export const adminBase = '/api/am/admin/v4';

/** Paths that serve what lies below `tail`: without version the prefix means the current one. */
export function adminPaths(tail: string): string[] {
  return [`${adminBase}${tail}`, `/api/am/admin${tail}`];
}

export const adminSurface: Surface = {
  title: 'Tollgate administration',
  paragraphs: [
    'The administration surface: throttling policies, the deny list, environments and settings. Users and roles are at /scim2 (RFC 7644), tenants at /api/server/v1/tenants.',
    'It is a REST API for scripts and tools. Calls carry a bearer token that has one of the scopes of the operation; POST /client-registration/v0.17/register makes a client and POST /oauth2/token gives it tokens.',
    'This page lists what can be called; the portal for people is at /admin.',
  ],
  base: adminBase,
  pagePath: '/admin/reference',
};
