import type OAuth2Server from '@node-oauth/oauth2-server';
import type { Database, RequestContext } from '@tollgate/database';
import { parseUserName } from '@tollgate/identity/domain';
import type { SignInService, UserReader, UserView } from '@tollgate/identity/server';
import { defaultScope } from '@tollgate/oauth/domain';
import type {
  ClientView,
  FoundRefreshToken,
  RefreshTokenService,
  ScopeGranter,
  TokenIssuer,
} from '@tollgate/oauth/server';
import { OAuthError } from './oauth-error.js';

export interface TokenServices {
  readonly db: Database;
  readonly signIn: SignInService;
  readonly userReader: UserReader;
  readonly granter: ScopeGranter;
  readonly issuer: TokenIssuer;
  readonly refreshTokens: RefreshTokenService;
}

/** A client in the form that the grant library reads. */
interface GrantClient extends OAuth2Server.Client {
  readonly view: ClientView;
}

interface GrantUser extends OAuth2Server.User {
  readonly view: UserView;
  /** False when the client acts for itself. */
  readonly isUserGrant: boolean;
}

/**
 * What the grant library asks while it serves one token request. It decides which steps a grant has; the credentials,
 * scopes and tokens are ours. Everything that is written happens in `saveToken`, in one transaction: the library spends
 * a refresh token before it has looked at the scopes, and would lose it when they are refused.
 */
export class TokenModel {
  private spent: FoundRefreshToken | null = null;
  /** Seconds; known after `saveToken`. */
  expiresIn = 0;

  constructor(
    private readonly services: TokenServices,
    private readonly client: ClientView,
    private readonly ctx: RequestContext,
  ) {}

  /** The client has proved itself before the library was asked. */
  getClient = async (): Promise<GrantClient> => {
    return { id: this.client.consumerKey, grants: [...this.client.grantTypes], view: this.client };
  };

  getUserFromClient = async (): Promise<GrantUser | null> => {
    const owner = await this.services.userReader.find(this.client.organization, this.client.owner);
    return owner?.active ? { view: owner, isUserGrant: false } : null;
  };

  /** A plain name belongs to the client's organization; users of others may come when the client serves all. */
  getUser = async (name: string, password: string): Promise<GrantUser | null> => {
    const named = name.includes('@') ? parseUserName(name) : { userName: name, organization: this.client.organization };
    const user = await this.services.signIn.withPassword({ ...named, password, address: this.ctx.address });
    const mayCome = user && (user.organization === this.client.organization || this.client.saas);
    return mayCome ? { view: user, isUserGrant: true } : null;
  };

  getRefreshToken = async (token: string): Promise<OAuth2Server.RefreshToken | null> => {
    const { refreshTokens, userReader } = this.services;
    const found = await refreshTokens.find(token);
    if (!found || found.consumerKey !== this.client.consumerKey) return null;
    const state = refreshTokens.stateOf(found);
    if (state === 'replayed') await refreshTokens.onReplay(this.ctx, found);
    if (state !== 'live') return null;
    const user = await userReader.find(found.organization, found.userName);
    if (!user?.active) return null;
    this.spent = found;
    const client = await this.getClient();
    return { refreshToken: token, scope: [...found.scopes], client, user: { view: user, isUserGrant: true } };
  };

  /** Spent in `saveToken`. */
  revokeToken = async (): Promise<boolean> => this.spent !== null;

  validateScope = async (
    user: OAuth2Server.User,
    _client: OAuth2Server.Client,
    scope?: string[],
  ): Promise<string[]> => {
    const { view } = user as GrantUser;
    const granted = await this.services.granter.grant(this.client, view.organization, view.roles, scope ?? []);
    return granted.length > 0 ? granted : [defaultScope];
  };

  /** Made in `saveToken`; the library only wants a text here. */
  generateAccessToken = async (): Promise<string> => 'made-when-saved';
  generateRefreshToken = async (): Promise<string> => 'made-when-saved';

  saveToken = async (
    token: OAuth2Server.Token,
    client: OAuth2Server.Client,
    user: OAuth2Server.User,
  ): Promise<OAuth2Server.Token> => {
    const { view, isUserGrant } = user as GrantUser;
    const subject = { userName: view.userName, organization: view.organization };
    // Roles may have been taken away since the first token of a family was issued.
    const scopes = this.spent ? await this.validateScope(user, client, token.scope) : (token.scope ?? []);
    const issued = await this.services.issuer.issueAccessToken({
      client: this.client,
      scopes,
      ...(isUserGrant ? { user: subject } : {}),
    });
    this.expiresIn = issued.expiresIn;
    const access = { jti: issued.jti, expiresAtMs: issued.expiresAtMs };
    const refreshToken = isUserGrant ? await this.saveRefreshToken(subject, scopes, access) : null;
    return {
      accessToken: issued.accessToken,
      scope: scopes,
      client,
      user,
      ...(refreshToken === null ? {} : { refreshToken }),
    };
  };

  private async saveRefreshToken(
    user: { userName: string; organization: string },
    scopes: readonly string[],
    access: { jti: string; expiresAtMs: number },
  ): Promise<string | null> {
    const { db, refreshTokens } = this.services;
    const { client, spent } = this;
    if (!client.grantTypes.includes('refresh_token')) return null;
    if (!spent) return db.transaction(this.ctx, (tx) => refreshTokens.issue(tx, { client, user, scopes, access }));
    // A narrowed request narrows its access token; the next refresh may ask for the whole grant again.
    const grant = { client, user, scopes: spent.scopes, access };
    const successor = await db.transaction(this.ctx, (tx) => refreshTokens.rotate(tx, spent, grant));
    if (successor === null) throw new OAuthError('invalid_grant', 'The refresh token was used already.');
    return successor;
  }
}
