import { Injectable } from '@nestjs/common';
import { Database, systemContext } from '@tollgate/database';
import { AccessTokenVerifier, RefreshTokenService, RevocationService, type ClientView } from '@tollgate/oauth/server';

/** RFC 7009. A token that is unknown, expired or somebody else's is left alone without a word. */
@Injectable()
export class TokenRevocation {
  constructor(
    private readonly db: Database,
    private readonly verifier: AccessTokenVerifier,
    private readonly refreshTokens: RefreshTokenService,
    private readonly revocations: RevocationService,
  ) {}

  async revoke(client: ClientView, token: string, correlationId: string): Promise<void> {
    const ctx = systemContext(client.organization, correlationId);
    const claims = await this.verifier.verifySigned(token);
    if (claims) {
      if (claims.client_id !== client.consumerKey) return;
      const { jti, organization, exp } = claims;
      const input = { type: 'jti', value: jti, organization, expiresAtMs: exp * 1000 } as const;
      await this.db.transaction(ctx, (tx) => this.revocations.revoke(tx, input));
      return;
    }
    const found = await this.refreshTokens.find(token);
    if (found?.consumerKey === client.consumerKey)
      await this.db.transaction(ctx, (tx) => this.refreshTokens.revokeFamily(tx, found.family));
  }
}
