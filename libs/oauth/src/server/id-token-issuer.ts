import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { qualifiedUserName, tollgateClock, type Clock } from '@tollgate/base';
import { acrOf, userClaims, type ClaimSource, type GrantContext, type SigningAlgorithm } from '../domain/index.js';
import type { ClientView } from './client.service.js';
import { OAuthSettings } from './oauth-settings.js';
import { SigningKeys } from './signing-keys.js';

export interface IdTokenRequest {
  readonly client: ClientView;
  readonly user: ClaimSource;
  readonly scopes: readonly string[];
  readonly context: GrantContext;
  /** Issued with it. */
  readonly accessToken: string;
}

/** Clients read it at once and keep nothing of it. */
const lifetimeSeconds = 600;

/** Signs ID tokens (OpenID Connect Core section 2). */
@Injectable()
export class IdTokenIssuer {
  constructor(
    private readonly keys: SigningKeys,
    private readonly settings: OAuthSettings,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async issue({ client, user, scopes, context, accessToken }: IdTokenRequest): Promise<string> {
    const iat = Math.floor(this.clock.nowMs() / 1000);
    return this.keys.signJwt('JWT', {
      ...userClaims(user, scopes),
      iss: this.settings.issuer(context.issuerOrganization),
      sub: qualifiedUserName(user.userName, user.organization),
      aud: client.consumerKey,
      azp: client.consumerKey,
      iat,
      exp: iat + lifetimeSeconds,
      ...(context.nonce === undefined ? {} : { nonce: context.nonce }),
      ...signInClaims(context),
      at_hash: leftHalfHash(accessToken, this.settings.algorithm),
    });
  }
}

function signInClaims({ signIn }: GrantContext): object {
  if (!signIn) return {};
  const { authTimeSeconds, amr, sessionUuid } = signIn;
  return { auth_time: authTimeSeconds, amr, acr: acrOf(amr), sid: sessionUuid };
}

/** `at_hash`: the left half of the digest that the signature uses (OpenID Connect Core section 3.1.3.6). */
function leftHalfHash(text: string, algorithm: SigningAlgorithm): string {
  const digest = createHash(algorithm === 'EdDSA' ? 'sha512' : 'sha256')
    .update(text, 'ascii')
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
