import type { ClaimSource } from './user-claims.js';

/**
 * Somebody whom an external key manager vouches for. The name carries the key manager's and a "/", which no user of ours
 * has in the name, so that nobody out there can be taken for one of them. No roles: those are given here.
 */
export function foreignUser(keyManager: string, subject: string, organization: string): ClaimSource {
  const userName = `${keyManager}/${subject}`;
  return { userName, organization, email: '', givenName: '', familyName: '', roles: [], updatedAt: 0 };
}

/** Whether tokens of clients that act for themselves look so, as the key managers of the field write them. */
export function isOfClientItself(claims: Readonly<Record<string, unknown>>, consumerKey: string): boolean {
  const { sub, gty, preferred_username: name } = claims;
  return (
    sub === consumerKey ||
    sub === `${consumerKey}@clients` ||
    gty === 'client-credentials' ||
    (typeof name === 'string' && name.startsWith('service-account-'))
  );
}
