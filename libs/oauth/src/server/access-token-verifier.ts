import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { parseUserName } from '@tollgate/identity/domain';
import { accessTokenClaimsSchema, type AccessTokenClaims } from '../contract/index.js';
import { isOpaqueToken, isSignedBy, parseJwt } from '../domain/index.js';
import { OAuthSettings } from './oauth-settings.js';
import { OpaqueTokens } from './opaque-tokens.js';
import { SigningKeys } from './signing-keys.js';
import { TokenStandings, type TokenStanding } from './token-standing.js';

export interface VerifiedToken extends TokenStanding {
  readonly claims: AccessTokenClaims;
}

/** Verifies our own access tokens, JWTs and the texts that stand for them. Whatever is not plainly right makes the token invalid. */
@Injectable()
export class AccessTokenVerifier {
  constructor(
    private readonly keys: SigningKeys,
    private readonly opaque: OpaqueTokens,
    private readonly settings: OAuthSettings,
    private readonly standings: TokenStandings,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Null for anything but a valid, unexpired, unrevoked token of a living client and an active user. */
  async verify(token: string): Promise<VerifiedToken | null> {
    const claims = await this.verifySigned(token);
    const standing = claims && (await this.standings.of(claims));
    return claims && standing ? { claims, ...standing } : null;
  }

  /** The JWT behind an opaque token that counts now, else null. */
  async reveal(token: string): Promise<string | null> {
    const jwt = isOpaqueToken(token) ? await this.opaque.jwtOf(token) : null;
    return jwt !== null && (await this.verify(jwt)) ? jwt : null;
  }

  /** Signature, type, issuer and times only. */
  async verifySigned(token: string): Promise<AccessTokenClaims | null> {
    const jwt = parseJwt(isOpaqueToken(token) ? ((await this.opaque.jwtOf(token)) ?? '') : token);
    if (jwt === null || !isAccessTokenType(jwt.header['typ'])) return null;
    const { kid } = jwt.header;
    const key = typeof kid === 'string' ? await this.keys.verifier(kid) : null;
    if (!key || !isSignedBy(jwt, key)) return null;
    const claims = accessTokenClaimsSchema.safeParse(jwt.claims);
    return claims.success && this.isOurs(claims.data) && this.isInTime(claims.data) ? claims.data : null;
  }

  private isOurs(claims: AccessTokenClaims): boolean {
    const { organization } = parseUserName(claims.sub);
    return (
      claims.iss === this.settings.issuer(claims.organization) &&
      organization === claims.organization &&
      claims.azp === claims.client_id &&
      claims.jti !== ''
    );
  }

  private isInTime({ iat, nbf, exp }: AccessTokenClaims): boolean {
    const now = this.clock.nowMs() / 1000;
    return now < exp && Math.max(iat, nbf) <= now;
  }
}

/** An id token, refresh token or API key is no access token (RFC 9068 section 4). */
function isAccessTokenType(typ: unknown): boolean {
  return typeof typ === 'string' && ['at+jwt', 'application/at+jwt'].includes(typ.toLowerCase());
}
