import type { RequestContext, Transaction } from '@tollgate/database';
import type { UserReader, UserView } from '@tollgate/identity/server';
import type { AuthorizationCodes, ClientView, FoundCode, SignInSessions } from '@tollgate/oauth/server';
import { OAuthError } from './oauth-error.js';
import type { Parameters } from './parameters.js';

export interface CodeServices {
  readonly codes: AuthorizationCodes;
  readonly sessions: SignInSessions;
  readonly userReader: UserReader;
}

/** The exchange of an authorization code (RFC 6749 section 4.1.3); PKCE itself is the grant library's. */
export class CodeExchange {
  constructor(
    private readonly services: CodeServices,
    private readonly client: ClientView,
    private readonly parameters: Parameters,
    private readonly ctx: RequestContext,
  ) {}

  /** The code and who gave it; null when it is none of this client's, over, or goes with another redirect URI. */
  async find(code: string): Promise<{ found: FoundCode; user: UserView } | null> {
    const { codes, userReader } = this.services;
    const found = await codes.find(code);
    if (!found || found.consumerKey !== this.client.consumerKey) return null;
    if (found.used) await codes.onReuse(this.ctx, found);
    if (!codes.isLive(found) || !this.isSameRedirect(found) || !(await this.isSignedInStill(found))) return null;
    const user = await userReader.find(found.organization, found.userName);
    return user?.active ? { found, user } : null;
  }

  /** @throws OAuthError when another call has spent it; what that one got ends (RFC 6749 section 4.1.2) */
  async spend(tx: Transaction, found: FoundCode, access: { jti: string; expiresAtMs: number }): Promise<void> {
    if (!(await this.services.codes.spend(tx, found, access))) throw new CodeWasSpent();
  }

  async onSpent(found: FoundCode): Promise<void> {
    await this.services.codes.onReuse(this.ctx, found);
  }

  private isSameRedirect({ redirectNamed, redirectUri }: FoundCode): boolean {
    const sent = this.parameters.get('redirect_uri');
    return sent === undefined ? !redirectNamed : sent === redirectUri;
  }

  private async isSignedInStill({ context }: FoundCode): Promise<boolean> {
    return (
      context.signIn === undefined || (await this.services.sessions.findByUuid(context.signIn.sessionUuid)) !== null
    );
  }
}

export class CodeWasSpent extends OAuthError {
  constructor() {
    super('invalid_grant', 'The authorization code was used already.');
  }
}
