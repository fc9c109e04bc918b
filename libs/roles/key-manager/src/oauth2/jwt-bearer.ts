import type { ClientView, ForeignTokens } from '@tollgate/oauth/server';
import { foreignSubject, type GrantSubject } from './grant-subject.js';
import { OAuthError } from './oauth-error.js';
import type { Parameters } from './parameters.js';

/**
 * An assertion of a trusted issuer as the grant (RFC 7523 section 2.1).
 * @throws OAuthError `invalid_request`, `invalid_grant`, `unauthorized_client`
 */
export async function assertedSubject(
  foreign: ForeignTokens,
  client: ClientView,
  parameters: Parameters,
): Promise<GrantSubject> {
  const assertion = parameters.get('assertion');
  if (assertion === undefined) throw new OAuthError('invalid_request', 'The parameter assertion is missing.');
  return foreignSubject(client, 'assertion', () => foreign.ofAssertion(client.organization, assertion));
}
