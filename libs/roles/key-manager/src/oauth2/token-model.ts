import type OAuth2Server from '@node-oauth/oauth2-server';
import type { Database, RequestContext } from '@tollgate/database';
import { parseUserName } from '@tollgate/identity/domain';
import type { SignInService } from '@tollgate/identity/server';
import {
  defaultScope,
  deviceCodeGrant,
  jwtBearerGrant,
  type ClaimSource,
  type ClientProof,
  type GrantContext,
} from '@tollgate/oauth/domain';
import type {
  ClientView,
  DeviceGrants,
  DeviceGrantView,
  FoundCode,
  FoundRefreshToken,
  IdTokenIssuer,
  IssuedAccessToken,
  RefreshTokenGrant,
  RefreshTokenService,
  ScopeGranter,
  TokenIssuer,
} from '@tollgate/oauth/server';
import { DeviceExchange } from './device-exchange.js';
import type { GrantSubject, SubjectServices } from './grant-subject.js';
import { assertedSubject } from './jwt-bearer.js';
import { targetsOf } from './token-target.js';
import { TokenExchange } from './token-exchange.js';
import { CodeExchange, CodeWasSpent, type CodeServices } from './code-exchange.js';
import { OAuthError } from './oauth-error.js';
import type { Parameters } from './parameters.js';

export interface TokenServices extends CodeServices, SubjectServices {
  readonly db: Database;
  readonly signIn: SignInService;
  readonly granter: ScopeGranter;
  readonly issuer: TokenIssuer;
  readonly idTokens: IdTokenIssuer;
  readonly refreshTokens: RefreshTokenService;
  readonly devices: DeviceGrants;
}

/** A client in the form that the grant library reads. */
interface GrantClient extends OAuth2Server.Client {
  readonly view: ClientView;
}

interface GrantUser extends OAuth2Server.User {
  readonly view: ClaimSource;
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
  private code: FoundCode | null = null;
  private device: DeviceGrantView | null = null;
  /** Of the token or assertion that was shown instead of a sign-in. */
  private subject: GrantSubject | null = null;
  private readonly exchange: CodeExchange;
  /** Seconds; known after `saveToken`. */
  expiresIn = 0;
  /** When `openid` was granted; known after `saveToken`. */
  idToken: string | undefined;

  constructor(
    private readonly services: TokenServices,
    private readonly client: ClientView,
    private readonly parameters: Parameters,
    private readonly ctx: RequestContext,
    /** Organization whose issuer the path names. */
    private readonly issuerOrganization: string,
    private readonly proof: ClientProof,
    /** Milliseconds since the epoch. */
    private readonly arrivedAtMs: number,
  ) {
    this.exchange = new CodeExchange(services, client, parameters, ctx);
  }

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

  /** Its time and its redirect URI were looked at here, by our clock and rules, so the library gets none of them. */
  getAuthorizationCode = async (authorizationCode: string): Promise<OAuth2Server.AuthorizationCode | null> => {
    const result = await this.exchange.find(authorizationCode);
    if (!result || !this.isProved(result.found.context)) return null;
    const { found, user } = result;
    this.code = found;
    const challenge = found.codeChallenge;
    return {
      authorizationCode,
      expiresAt: new Date(8.64e15),
      redirectUri: '',
      scope: [...found.scopes],
      client: await this.getClient(),
      user: { view: user, isUserGrant: true },
      ...(challenge === null ? {} : { codeChallenge: challenge, codeChallengeMethod: 'S256' }),
    };
  };

  /** For whom and for which scopes, in the grants that the library does not have. */
  getExtendedGrant = async (): Promise<{ user: GrantUser; scope: string[] | undefined }> => {
    if (this.parameters.get('grant_type') === deviceCodeGrant) {
      const { grant, user } = await new DeviceExchange(this.services, this.client, this.parameters).find();
      this.device = grant;
      return { user: { view: user, isUserGrant: true }, scope: [...grant.scopes] };
    }
    const { services, client, parameters } = this;
    if (parameters.get('grant_type') === jwtBearerGrant) {
      this.subject = await assertedSubject(services.foreign, client, parameters);
      return { user: { view: this.subject.user, isUserGrant: true }, scope: undefined };
    }
    const exchange = new TokenExchange(services, client, parameters);
    this.subject = await exchange.subject();
    const scope = exchange.scopes(this.subject, parameters.get('scope')?.split(' ').filter(Boolean));
    return { user: { view: this.subject.user, isUserGrant: true }, scope };
  };

  /** Spent in `saveToken`. */
  revokeAuthorizationCode = async (): Promise<boolean> => this.code !== null;

  getRefreshToken = async (token: string): Promise<OAuth2Server.RefreshToken | null> => {
    const { refreshTokens, userReader } = this.services;
    const found = await refreshTokens.find(token);
    if (!found || found.consumerKey !== this.client.consumerKey) return null;
    const state = refreshTokens.stateOf(found);
    const isRepeated = state === 'replayed' && (await refreshTokens.mayRepeat(found, this.client, this.arrivedAtMs));
    if (state === 'replayed' && !isRepeated) await refreshTokens.onReplay(this.ctx, found);
    if ((state !== 'live' && !isRepeated) || !this.isProved(found.context)) return null;
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
    const asked = scope ?? [];
    const granted = new Set(await this.services.granter.grant(this.client, view.organization, view.roles, asked));
    // What another key manager has given its user needs no role here.
    if (this.subject?.keyManager !== undefined)
      for (const given of this.subject.held) if (asked.includes(given)) granted.add(given);
    return granted.size > 0 ? [...granted] : [defaultScope];
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
    const targets = targetsOf(this.client, this.parameters, this.context().resources);
    const issued = await this.services.issuer.issueAccessToken({
      client: this.client,
      scopes,
      ...(isUserGrant ? { user: subject } : {}),
      proof: this.proof,
      ...(targets === undefined ? {} : { audiences: targets }),
      ...(this.subject ? { notAfterMs: this.subject.expiresAtMs } : {}),
      ...(this.subject?.keyManager === undefined ? {} : { keyManager: this.subject.keyManager }),
    });
    this.expiresIn = issued.expiresIn;
    const refreshToken = isUserGrant ? await this.commit(subject, scopes, issued, targets) : null;
    if (isUserGrant && !this.subject && scopes.includes('openid'))
      this.idToken = await this.issueIdToken(view, scopes, issued);
    return {
      accessToken: issued.accessToken,
      scope: scopes,
      client,
      user,
      ...(refreshToken === null ? {} : { refreshToken }),
    };
  };

  private async issueIdToken(user: ClaimSource, scopes: readonly string[], issued: IssuedAccessToken): Promise<string> {
    // The nonce belongs to the answer of the authorization, not to what a refresh brings later.
    const { nonce: _nonce, ...lasting } = this.context();
    const context = this.code ? this.context() : lasting;
    const { accessToken } = issued;
    return this.services.idTokens.issue({ client: this.client, user, scopes, context, accessToken });
  }

  private context(): GrantContext {
    const { issuerOrganization } = this;
    return this.code?.context ?? this.device?.context ?? this.spent?.context ?? { issuerOrganization };
  }

  /** Spends what was shown and keeps the refresh token, all or nothing. */
  private async commit(
    user: { userName: string; organization: string },
    scopes: readonly string[],
    { jti, expiresAtMs }: IssuedAccessToken,
    targets: readonly string[] | undefined,
  ): Promise<string | null> {
    const { db, refreshTokens } = this.services;
    const { client, spent, code, exchange } = this;
    const access = { jti, expiresAtMs };
    if (this.subject) return null; // RFC 8693 section 2.2.1, RFC 7521 section 4.1: whoever shows a token can show it again
    const hasRefresh = client.grantTypes.includes('refresh_token');
    if (spent) return this.rotate(spent, { client, user, scopes: spent.scopes, access, context: spent.context });
    // A public client's refresh token is bound to what it has proved; a confidential one proves itself with each use anyway.
    const bound = client.authMethod === 'none' ? boundTo(this.proof) : {};
    const { jkt: _asked, ...context } = this.context();
    // Without an authorization this request is the grant, and its resources are the most that a refresh can get.
    const limited = code || targets === undefined ? {} : { resources: targets };
    const grant = { client, user, scopes, access, context: { ...context, ...limited, ...bound } };
    if (this.device) return this.commitDevice(this.device, hasRefresh ? grant : null);
    if (!code) return hasRefresh ? db.transaction(this.ctx, (tx) => refreshTokens.issue(tx, grant)) : null;
    try {
      return await db.transaction(this.ctx, async (tx) => {
        await exchange.spend(tx, code, access);
        return hasRefresh ? refreshTokens.issue(tx, grant, code.family) : null;
      });
    } catch (error) {
      if (error instanceof CodeWasSpent) await exchange.onSpent(code);
      throw error;
    }
  }

  private isProved(context: GrantContext | null): boolean {
    const { jkt, certificate } = context ?? {};
    return (
      (jkt === undefined || jkt === this.proof.jkt) &&
      (certificate === undefined || certificate === this.proof.certificate)
    );
  }

  private async commitDevice(device: DeviceGrantView, grant: RefreshTokenGrant | null): Promise<string | null> {
    const { db, refreshTokens } = this.services;
    const exchange = new DeviceExchange(this.services, this.client, this.parameters);
    return db.transaction(this.ctx, async (tx) => {
      await exchange.spend(tx, device);
      return grant && refreshTokens.issue(tx, grant);
    });
  }

  /** A narrowed request narrows its access token; the next refresh may ask for the whole grant again. */
  private async rotate(spent: FoundRefreshToken, grant: RefreshTokenGrant): Promise<string> {
    const { db, refreshTokens } = this.services;
    const successor = await db.transaction(this.ctx, (tx) =>
      spent.used ? refreshTokens.repeat(tx, spent, grant) : refreshTokens.rotate(tx, spent, grant),
    );
    if (successor === null) throw new OAuthError('invalid_grant', 'The refresh token was used already.');
    return successor;
  }
}

function boundTo({ jkt, certificate }: ClientProof): Pick<GrantContext, 'jkt' | 'certificate'> {
  return { ...(jkt === null ? {} : { jkt }), ...(certificate === null ? {} : { certificate }) };
}
