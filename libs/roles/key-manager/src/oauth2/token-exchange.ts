import type { ClientView } from '@tollgate/oauth/server';
import { foreignSubject, type GrantSubject, type SubjectServices } from './grant-subject.js';
import { OAuthError } from './oauth-error.js';
import type { Parameters } from './parameters.js';

export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';

/** What a client shows to get a token of its own for the user of another token (RFC 8693). */
export class TokenExchange {
  constructor(
    private readonly services: SubjectServices,
    private readonly client: ClientView,
    private readonly parameters: Parameters,
  ) {}

  /**
   * The user of the token that is exchanged: one of ours, or of an external key manager. The new one never opens more: its scopes are a part of this one's, it expires no
   * later, and a token made for calling APIs never becomes one of the management surfaces.
   * @throws OAuthError `invalid_request`, `invalid_grant`, `invalid_target`
   */
  async subject(): Promise<GrantSubject> {
    const token = this.parameters.get('subject_token');
    const type = this.parameters.get('subject_token_type');
    if (token === undefined || type === undefined)
      throw new OAuthError('invalid_request', 'subject_token and subject_token_type are needed.');
    if (type !== accessTokenType && type !== jwtType)
      throw new OAuthError('invalid_request', `subject_token_type is ${accessTokenType} or ${jwtType}.`);
    this.refuseWhatIsNotOffered();
    const { verifier, foreign } = this.services;
    const verified = await verifier.verify(token);
    if (!verified && this.client.applicationUuid !== null)
      return foreignSubject(this.client, 'subject_token', () =>
        foreign.ofSubjectToken(this.client.organization, token),
      );
    if (!verified || verified.claims.aut !== 'APPLICATION_USER')
      throw new OAuthError('invalid_grant', 'subject_token is no valid access token of a user.');
    const { user, client: owner } = verified;
    if (!this.client.saas && user.organization !== this.client.organization)
      throw new OAuthError('invalid_grant', 'The user of subject_token belongs to another organization.');
    if (owner.applicationUuid !== null && this.client.applicationUuid === null)
      throw new OAuthError('invalid_target', 'A token for APIs is not exchanged for one of the management surfaces.');
    const { scope, exp, key_manager: keyManager } = verified.claims;
    return {
      user,
      held: scope.split(' '),
      expiresAtMs: exp * 1000,
      ...(keyManager === undefined ? {} : { keyManager }),
    };
  }

  /** Those of the asked scopes that the exchanged token has; all of its own when none is asked. */
  scopes({ held }: GrantSubject, asked: readonly string[] | undefined): string[] {
    if (!asked || asked.length === 0) return [...held];
    const more = asked.filter((scope) => !held.includes(scope));
    if (more.length > 0) throw new OAuthError('invalid_scope', 'The exchanged token lacks a scope that is asked for.');
    return [...asked];
  }

  private refuseWhatIsNotOffered(): void {
    if (this.parameters.has('actor_token'))
      throw new OAuthError('invalid_request', 'Delegation with an actor_token is not offered.');
    const wanted = this.parameters.get('requested_token_type') ?? accessTokenType;
    if (wanted !== accessTokenType && wanted !== jwtType)
      throw new OAuthError('invalid_request', `requested_token_type is ${accessTokenType}.`);
  }
}
