import { isManagementScope } from '@tollgate/identity/domain';
import type { ClaimSource } from '@tollgate/oauth/domain';
import {
  ForeignTokenError,
  type ForeignSubject,
  type AccessTokenVerifier,
  type ClientView,
  type ForeignTokens,
} from '@tollgate/oauth/server';
import { OAuthError } from './oauth-error.js';

/** For whom a token is asked with another token instead of a sign-in. */
export interface GrantSubject {
  readonly user: ClaimSource;
  /** Scopes of what was shown. */
  readonly held: readonly string[];
  /** What is issued ends no later. */
  readonly expiresAtMs: number;
  /** The external key manager that vouches for the user. */
  readonly keyManager?: string;
}

export interface SubjectServices {
  readonly verifier: AccessTokenVerifier;
  readonly foreign: ForeignTokens;
}

/** @throws OAuthError `invalid_grant` with the reason, `unauthorized_client` for a client of the management surfaces */
export async function foreignSubject(
  client: ClientView,
  what: string,
  read: () => Promise<ForeignSubject>,
): Promise<GrantSubject> {
  if (client.applicationUuid === null)
    throw new OAuthError('unauthorized_client', 'Users of other key managers get tokens for APIs only.');
  try {
    const { user, keyManager, expiresAtMs, scopes } = await read();
    return { user, keyManager, expiresAtMs, held: scopes.filter((scope) => !isManagementScope(scope)) };
  } catch (error) {
    if (error instanceof ForeignTokenError) throw new OAuthError('invalid_grant', `${what}: ${error.message}`);
    throw error;
  }
}
