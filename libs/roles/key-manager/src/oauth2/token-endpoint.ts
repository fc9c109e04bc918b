import { Injectable } from '@nestjs/common';
import OAuth2Server from '@node-oauth/oauth2-server';
import { Database, systemContext, type RequestContext } from '@tollgate/database';
import { SignInService, UserReader } from '@tollgate/identity/server';
import {
  AccessTokenVerifier,
  AuthorizationCodes,
  DeviceGrants,
  ForeignTokens,
  IdTokenIssuer,
  OAuthSettings,
  RefreshTokenService,
  ScopeGranter,
  SignInSessions,
  TokenIssuer,
  type ClientView,
} from '@tollgate/oauth/server';
import {
  deviceCodeGrant,
  grantTypes,
  jwtBearerGrant,
  tokenExchangeGrant,
  type ClientProof,
} from '@tollgate/oauth/domain';
import { OAuthError, type OAuthErrorCode } from './oauth-error.js';
import type { Parameters } from './parameters.js';
import { ExtendedGrant } from './extended-grant.js';
import { accessTokenType } from './token-exchange.js';
import { TokenModel, type TokenServices } from './token-model.js';

/** RFC 6749 section 5.1. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer' | 'DPoP';
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
  /** OpenID Connect Core section 3.1.3.3. */
  readonly id_token?: string;
  /** RFC 8693 section 2.2.1. */
  readonly issued_token_type?: string;
}

/** The request that asks: its id, the client's address, and when it came in milliseconds since the epoch. */
export interface AskedFrom {
  readonly id: string;
  readonly ip: string;
  readonly arrivedAtMs: number;
}

/** Serves one grant to a client that has proved itself. */
@Injectable()
export class TokenEndpoint {
  private readonly services: TokenServices;

  constructor(
    db: Database,
    signIn: SignInService,
    userReader: UserReader,
    granter: ScopeGranter,
    issuer: TokenIssuer,
    refreshTokens: RefreshTokenService,
    idTokens: IdTokenIssuer,
    codes: AuthorizationCodes,
    sessions: SignInSessions,
    devices: DeviceGrants,
    verifier: AccessTokenVerifier,
    foreign: ForeignTokens,
    private readonly settings: OAuthSettings,
  ) {
    this.services = {
      db,
      signIn,
      userReader,
      granter,
      issuer,
      refreshTokens,
      idTokens,
      codes,
      sessions,
      devices,
      verifier,
      foreign,
    };
  }

  /** Grants of this installation. */
  grantTypes(): string[] {
    return grantTypes.filter((grant) => grant !== 'password' || this.settings.passwordGrant);
  }

  /**
   * @param issuerOrganization organization whose issuer the path names
   * @param proof what the client has proved besides who it is
   * @throws OAuthError with the codes of RFC 6749 section 5.2
   */
  async issue(
    client: ClientView,
    parameters: Parameters,
    from: AskedFrom,
    issuerOrganization: string,
    proof: ClientProof,
  ): Promise<TokenAnswer> {
    const grantType = parameters.get('grant_type');
    if (grantType === undefined) throw new OAuthError('invalid_request', 'The parameter grant_type is missing.');
    if (!this.grantTypes().includes(grantType))
      throw new OAuthError('unsupported_grant_type', `Supported grant types: ${this.grantTypes().join(', ')}.`);
    if (grantType === 'client_credentials' && client.authMethod === 'none')
      throw new OAuthError('unauthorized_client', 'A public client cannot act for itself.');
    const ctx = askedBy(client, from);
    const { arrivedAtMs } = from;
    const model = new TokenModel(this.services, client, parameters, ctx, issuerOrganization, proof, arrivedAtMs);
    const response = new OAuth2Server.Response({});
    await this.run(model, requestFor(client, parameters), response);
    const { access_token, refresh_token, scope } = response.body as TokenAnswer;
    const refresh = refresh_token === undefined ? {} : { refresh_token };
    const exchanged = grantType === tokenExchangeGrant ? { issued_token_type: accessTokenType } : {};
    const idToken = model.idToken === undefined ? {} : { id_token: model.idToken };
    return {
      access_token,
      ...exchanged,
      ...refresh,
      ...idToken,
      scope,
      token_type: proof.jkt === null ? 'Bearer' : 'DPoP',
      expires_in: model.expiresIn,
    };
  }

  private async run(model: TokenModel, request: OAuth2Server.Request, response: OAuth2Server.Response): Promise<void> {
    const server = new OAuth2Server({
      model: model as unknown as OAuth2Server.ServerOptions['model'],
      extendedGrantTypes: extendedGrantTypes as never,
    });
    try {
      await server.token(request, response);
    } catch (error) {
      throw translated(error);
    }
  }
}

function askedBy({ organization }: ClientView, { id, ip }: AskedFrom): RequestContext {
  return { ...systemContext(organization, id), address: ip };
}

/** The library reads a form with the client's credentials; they were checked before, and the secret stays out of it. */
function requestFor(client: ClientView, parameters: Parameters): OAuth2Server.Request {
  const body = { ...Object.fromEntries(parameters), client_id: client.consumerKey, client_secret: 'proved' };
  const length = String(JSON.stringify(body).length);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': length };
  return new OAuth2Server.Request({ method: 'POST', query: {}, headers, body });
}

const extendedGrantTypes = {
  [deviceCodeGrant]: ExtendedGrant,
  [tokenExchangeGrant]: ExtendedGrant,
  [jwtBearerGrant]: ExtendedGrant,
};

const clientErrors: readonly string[] = [
  'invalid_request',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
];

/** The library's errors become ours; whatever one of our services threw inside it comes out as it was. */
function translated(error: unknown): unknown {
  if (!(error instanceof OAuth2Server.OAuthError)) return error;
  if (clientErrors.includes(error.name)) return new OAuthError(error.name as OAuthErrorCode, error.message);
  return (error as { inner?: unknown }).inner ?? error;
}
