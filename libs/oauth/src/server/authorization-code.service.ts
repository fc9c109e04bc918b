import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, type RequestContext, type Transaction } from '@tollgate/database';
import { LessThanOrEqual } from 'typeorm';
import type { GrantContext } from '../domain/index.js';
import type { ClientView } from './client.service.js';
import { RefreshTokenService } from './refresh-token.service.js';
import { longAfter, RevocationService } from './revocation.service.js';
import { AuthorizationCode } from './sign-in.entities.js';

export interface CodeGrant {
  readonly client: ClientView;
  readonly user: { readonly userName: string; readonly organization: string };
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  /** The request named the redirect URI. */
  readonly redirectNamed: boolean;
  readonly codeChallenge: string | null;
  readonly context: GrantContext;
}

export type FoundCode = Readonly<Omit<AuthorizationCode, 'codeDigest'>>;

const purpose = 'authorization-code';
/** From the redirect to the exchange, both made by machines. */
const lifetimeMs = 60_000;

/** Authorization codes: one use each; a second one revokes what the first gave (RFC 6749 section 4.1.2). */
@Injectable()
export class AuthorizationCodes {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly refreshTokens: RefreshTokenService,
    private readonly revocations: RevocationService,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async issue(tx: Transaction, grant: CodeGrant): Promise<string> {
    const code = randomBytes(32).toString('base64url');
    const expiresAt = this.clock.nowMs() + lifetimeMs;
    await tx.manager.insert(AuthorizationCode, {
      codeDigest: this.box.digest(code, purpose),
      consumerKey: grant.client.consumerKey,
      organization: grant.user.organization,
      userName: grant.user.userName,
      scopes: [...grant.scopes],
      redirectUri: grant.redirectUri,
      redirectNamed: grant.redirectNamed,
      codeChallenge: grant.codeChallenge,
      context: grant.context as never,
      family: randomUUID(),
      accessJti: null,
      used: false,
      expiresAt,
      forgetAt: longAfter(expiresAt, grant.client.accessTokenLifetimeSeconds),
    });
    return code;
  }

  async find(code: string): Promise<FoundCode | null> {
    return this.db.manager.findOneBy(AuthorizationCode, { codeDigest: this.box.digest(code, purpose) });
  }

  isLive(found: FoundCode): boolean {
    return !found.used && found.expiresAt > this.clock.nowMs();
  }

  /** Spends the code for this access token. Of any number of callers exactly one gets true. */
  async spend(tx: Transaction, found: FoundCode, access: { jti: string; expiresAtMs: number }): Promise<boolean> {
    const spent = { used: true, accessJti: access.jti, accessExpiresAt: access.expiresAtMs };
    const result = await tx.manager.update(AuthorizationCode, { id: found.id, used: false }, spent);
    return result.affected === 1;
  }

  /** A spent code was shown again: whatever it gave ends. */
  async onReuse(ctx: RequestContext, found: FoundCode): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const current = await tx.manager.findOneBy(AuthorizationCode, { id: found.id });
      await this.refreshTokens.revokeFamily(tx, found.family);
      if (!current?.accessJti || current.accessExpiresAt <= this.clock.nowMs()) return;
      const { accessJti: value, organization, accessExpiresAt: expiresAtMs } = current;
      await this.revocations.revoke(tx, { type: 'jti', value, organization, expiresAtMs });
    });
  }

  /** @returns how many whose tokens have expired were removed */
  async removeExpired(nowMs: number): Promise<number> {
    return (await this.db.manager.delete(AuthorizationCode, { forgetAt: LessThanOrEqual(nowMs) })).affected ?? 0;
  }
}
