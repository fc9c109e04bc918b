import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { parseUserName } from '@tollgate/identity/domain';
import { UserReader } from '@tollgate/identity/server';
import { issuedAtMs, type AccessTokenClaims } from '../contract/index.js';
import type { ClaimSource } from '../domain/index.js';
import { ClientService, type ClientView } from './client.service.js';
import { ForeignTokens } from './foreign-tokens.js';
import { RevocationService } from './revocation.service.js';

/** Whether a token whose signature and times are right still counts, and for whom. */
export interface TokenStanding {
  readonly client: ClientView;
  readonly user: ClaimSource;
}

/** A revocation made by another process is noticed within this time. */
const maxAgeMs = 1000;
const capacity = 10_000;

/** Looks up what stands behind a token: not revoked, client there, user active. Remembered for a second. */
@Injectable()
export class TokenStandings {
  private readonly known = new Map<string, { readonly untilMs: number; readonly standing: TokenStanding | null }>();
  private generation = 0;

  constructor(
    private readonly clients: ClientService,
    private readonly users: UserReader,
    private readonly revocations: RevocationService,
    private readonly foreign: ForeignTokens,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {
    revocations.onRevoked(() => {
      this.generation++;
      this.known.clear();
    });
  }

  /** Null when the token counts no more. */
  async of(claims: AccessTokenClaims): Promise<TokenStanding | null> {
    const nowMs = this.clock.nowMs();
    const remembered = this.known.get(claims.jti);
    if (remembered && remembered.untilMs > nowMs) return remembered.standing;
    const generation = this.generation;
    const standing = await this.lookUp(claims);
    if (generation !== this.generation) return this.of(claims); // something was revoked while we looked
    if (this.known.size >= capacity) this.known.clear();
    this.known.set(claims.jti, { untilMs: nowMs + maxAgeMs, standing });
    return standing;
  }

  private async lookUp(claims: AccessTokenClaims): Promise<TokenStanding | null> {
    const { jti, sub, client_id: consumerKey } = claims;
    const client = await this.clients.findByConsumerKey(consumerKey);
    const user = client && (await this.userOf(claims));
    if (!client || !user) return null;
    const token = {
      jti,
      consumerKey,
      user: sub,
      isUserToken: claims.aut === 'APPLICATION_USER',
      applicationUuid: client.applicationUuid,
      issuedAtMs: issuedAtMs(claims.iat, claims.iat_ms),
    };
    return (await this.revocations.isRevoked(token)) ? null : { client, user };
  }

  private async userOf({ sub, key_manager: keyManager }: AccessTokenClaims): Promise<ClaimSource | null> {
    const { userName, organization } = parseUserName(sub);
    if (keyManager !== undefined) return this.foreign.standing(organization, keyManager, userName);
    const user = await this.users.find(organization, userName);
    return user?.active ? user : null;
  }
}
