import { createHash, timingSafeEqual } from 'node:crypto';
import { superOrganization, UnauthenticatedError } from '@tollgate/base';
import { basicCredentials, type Authenticator } from '@tollgate/http';

/** Name of the scheme: Basic with the event hub's own name and password, and nobody else's. */
export const hubScheme = 'event-hub';

/** Compares in constant time: digests have one length, and both comparisons always happen. */
export function hubAuthenticator(expected: { username: string; password: string }): Authenticator {
  if (expected.password === '') throw new Error('The event hub needs a password.');
  const username = digest(expected.username);
  const password = digest(expected.password);
  return async (request) => {
    const given = basicCredentials(request);
    if (!given) return null;
    const isName = timingSafeEqual(digest(given[0]), username);
    const isPassword = timingSafeEqual(digest(given[1]), password);
    if (!isName || !isPassword) {
      throw new UnauthenticatedError(
        'The name or password is not that of the event hub.',
        'Send the credentials of [apim.event_hub].',
      );
    }
    return { organization: superOrganization, principal: { userName: expected.username, roles: [], scopes: [] } };
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
