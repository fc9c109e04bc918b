import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { parseUserName } from '@tollgate/identity/domain';
import { errors, jwtVerify } from 'jose';
import { accessTokenClaimsSchema, type AccessTokenClaims } from '../contract/index.js';
import { OAuthSettings } from './oauth-settings.js';
import { SigningKeys } from './signing-keys.js';
import { TokenStandings, type TokenStanding } from './token-standing.js';

export interface VerifiedToken extends TokenStanding {
  readonly claims: AccessTokenClaims;
}

const maxTokenLength = 8192;

/** Verifies our own access tokens. Whatever is not plainly right makes the token invalid. */
@Injectable()
export class AccessTokenVerifier {
  constructor(
    private readonly keys: SigningKeys,
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

  /** Signature, type, issuer and times only. */
  async verifySigned(token: string): Promise<AccessTokenClaims | null> {
    if (token.length > maxTokenLength) return null;
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const key = typeof kid === 'string' ? await this.keys.verifier(kid) : null;
          if (!key) throw new errors.JWKSNoMatchingKey();
          return key;
        },
        {
          algorithms: ['RS256'],
          typ: 'at+jwt',
          currentDate: new Date(this.clock.nowMs()),
          requiredClaims: ['exp', 'iat', 'nbf'],
        },
      );
      const claims = accessTokenClaimsSchema.safeParse(payload);
      return claims.success && this.isOurs(claims.data) ? claims.data : null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
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
}
