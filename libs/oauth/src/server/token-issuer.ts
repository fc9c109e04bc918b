import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { qualifiedUserName, tollgateClock, type Clock } from '@tollgate/base';
import type { AccessTokenClaims } from '../contract/index.js';
import { confirmationOf, defaultScope, managementAudience, type ClientProof } from '../domain/index.js';
import type { ClientView } from './client.service.js';
import { OAuthSettings } from './oauth-settings.js';
import type { KeyType } from './oauth.entities.js';
import { OpaqueTokens } from './opaque-tokens.js';
import { SigningKeys } from './signing-keys.js';

export interface AccessTokenRequest {
  readonly client: ClientView;
  /** The user who granted it; absent: the client acts for itself and its owner is the subject. */
  readonly user?: { readonly userName: string; readonly organization: string };
  /** The external key manager that vouches for the user. */
  readonly keyManager?: string;
  /** As granted; empty means `default`. */
  readonly scopes: readonly string[];
  /** Its `aud`, instead of all that the client's tokens have (RFC 8707). */
  readonly audiences?: readonly string[];
  /** Default: the client's. */
  readonly keyType?: KeyType;
  /** Default: the client's. */
  readonly lifetimeSeconds?: number;
  /** It ends no later, in milliseconds. */
  readonly notAfterMs?: number;
  /** Binds it to what the client has proved. */
  readonly proof?: ClientProof;
}

export interface IssuedAccessToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Space-separated. */
  readonly scope: string;
  readonly jti: string;
  readonly expiresAtMs: number;
}

/** Signs access tokens (RFC 9068); a client of opaque tokens gets a text that stands for one. */
@Injectable()
export class TokenIssuer {
  constructor(
    private readonly keys: SigningKeys,
    private readonly opaque: OpaqueTokens,
    private readonly settings: OAuthSettings,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async issueAccessToken(request: AccessTokenRequest): Promise<IssuedAccessToken> {
    const wanted = request.lifetimeSeconds ?? request.client.accessTokenLifetimeSeconds;
    const left =
      request.notAfterMs === undefined ? wanted : Math.floor((request.notAfterMs - this.clock.nowMs()) / 1000);
    const expiresIn = Math.max(1, Math.min(wanted, left));
    if (!Number.isSafeInteger(wanted) || wanted <= 0)
      throw new RangeError('An access token lives for at least one second');
    const claims = this.claims(request, expiresIn);
    const jwt = await this.keys.signJwt('at+jwt', claims, request.client.tokenAlgorithm ?? undefined);
    const expiresAtMs = claims.exp * 1000;
    const accessToken = request.client.opaqueTokens ? await this.opaque.keep(jwt, expiresAtMs) : jwt;
    return { accessToken, expiresIn, scope: claims.scope, jti: claims.jti, expiresAtMs };
  }

  private claims(
    { client, user, keyManager, audiences: limited, scopes, keyType, proof }: AccessTokenRequest,
    expiresIn: number,
  ): AccessTokenClaims {
    const nowMs = this.clock.nowMs();
    const iat = Math.floor(nowMs / 1000);
    const subject = user ?? { userName: client.owner, organization: client.organization };
    const type = keyType ?? client.keyType;
    return {
      ...client.customClaims, // first: none of them replaces one of the others
      iss: this.settings.issuer(subject.organization),
      sub: qualifiedUserName(subject.userName, subject.organization),
      aud: limited === undefined ? audienceOf(client) : audienceAs(limited),
      azp: client.consumerKey,
      client_id: client.consumerKey,
      aut: user ? 'APPLICATION_USER' : 'APPLICATION',
      scope: scopes.length === 0 ? defaultScope : scopes.join(' '),
      ...(type ? { keytype: type } : {}),
      nbf: iat,
      iat,
      iat_ms: nowMs,
      exp: iat + expiresIn,
      jti: randomUUID(),
      organization: subject.organization,
      ...(keyManager === undefined ? {} : { key_manager: keyManager }),
      ...confirmationOf(proof),
    };
  }
}

function audienceOf({ applicationUuid, consumerKey, audiences }: ClientView): string | string[] {
  if (applicationUuid === null) return [managementAudience, consumerKey];
  return audiences?.length ? [consumerKey, ...audiences] : consumerKey;
}

function audienceAs(limited: readonly string[]): string | string[] {
  const [only = '', ...others] = limited;
  return others.length === 0 ? only : [only, ...others];
}
