import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { ApiKeyIssuer, RevocationService } from '@tollgate/oauth/server';
import { LessThanOrEqual } from 'typeorm';
import type { KeyType } from '../contract/index.js';
import { requireUsable, restrictionProblems, tidyRestrictions, type KeyRestrictions } from '../domain/index.js';
import { ApiKey } from './api-key.entity.js';
import type { Application } from './application.entity.js';
import { ApplicationStore } from './application.store.js';
import { BusinessLog } from './business-log.js';

export interface ApiKeyInput extends KeyRestrictions {
  readonly keyType: KeyType;
  readonly name: string;
  /** null: it does not expire. */
  readonly validitySeconds: number | null;
}

/** A key as handed out once. */
export interface IssuedApiKey {
  readonly row: ApiKey;
  /** The JWT. Never stored. */
  readonly key: string;
}

/** Unexpired keys of one application: nobody needs more, and each is a row that stays until it expires. */
export const maxKeys = 1000;

/** API keys of the caller's applications. */
@Injectable()
export class ApiKeyService {
  constructor(
    private readonly db: Database,
    private readonly applications: ApplicationStore,
    private readonly issuer: ApiKeyIssuer,
    private readonly revocations: RevocationService,
    private readonly log: BusinessLog,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @throws InvalidInputError when a gateway could not read the restrictions */
  async issue(ctx: RequestContext, applicationUuid: string, input: ApiKeyInput): Promise<IssuedApiKey> {
    const problems = restrictionProblems(input);
    if (problems.length > 0) throw new InvalidInputError(problems);
    const application = await this.applications.getOwn(ctx, applicationUuid);
    requireUsable(application);
    const made = await this.sign(application, { ...input, ...tidyRestrictions(input) });
    await this.db.transaction(ctx, (tx) => this.keep(tx, applicationUuid, made.row));
    return made;
  }

  /** Gives a new key with the old one's name, validity and restrictions; the old one is refused from then on. */
  async renew(ctx: RequestContext, applicationUuid: string, keyType: KeyType, keyUuid: string): Promise<IssuedApiKey> {
    const application = await this.applications.getOwn(ctx, applicationUuid);
    const made = await this.sign(application, await this.keyOf(ctx, application, { uuid: keyUuid, keyType }));
    await this.db.transaction(ctx, async (tx) => {
      await this.applications.lockOwn(tx, applicationUuid);
      // Read again under the lock: of two renewals at once the second finds nothing and is undone.
      await this.end(tx, await this.keyOf(tx, application, { uuid: keyUuid, keyType }));
      await this.keep(tx, applicationUuid, made.row);
    });
    return made;
  }

  async list(ctx: RequestContext, applicationUuid: string, keyType: KeyType): Promise<ApiKey[]> {
    const application = await this.applications.getOwn(ctx, applicationUuid);
    const rows = await managerOf(this.db, ctx).find(ApiKey, {
      where: { applicationId: application.id, keyType },
      order: { id: 'ASC' },
    });
    return rows.filter((row) => row.expiresAt > this.clock.nowMs());
  }

  /** @param which the key's id, or the key itself */
  revoke(
    ctx: RequestContext,
    applicationUuid: string,
    keyType: KeyType,
    which: { uuid: string } | { key: string },
  ): Promise<void> {
    return this.db.transaction(ctx, async (tx) => {
      const application = await this.applications.lockOwn(tx, applicationUuid);
      const id = 'uuid' in which ? { uuid: which.uuid } : { jti: jtiOf(which.key) };
      await this.end(tx, await this.keyOf(tx, application, { ...id, keyType }));
    });
  }

  private async keyOf(
    ctx: RequestContext,
    application: Application,
    where: { uuid?: string; jti?: string; keyType: KeyType },
  ): Promise<ApiKey> {
    const found = await managerOf(this.db, ctx).findOneBy(ApiKey, { ...where, applicationId: application.id });
    if (!found) throw new NotFoundError('API key', where.uuid ?? 'given');
    return found;
  }

  private async end(tx: Transaction, row: ApiKey): Promise<void> {
    const { jti, organization, expiresAt } = row;
    await this.revocations.revoke(tx, { type: 'jti', value: jti, organization, expiresAtMs: expiresAt });
    await tx.manager.delete(ApiKey, { id: row.id });
    this.log.committed(tx, 'api_key.revoked', 'API key revoked', named(row));
  }

  /** Under the application's lock, so that a key is never kept for one that is gone. Rows of expired keys go first. */
  private async keep(tx: Transaction, applicationUuid: string, row: ApiKey): Promise<void> {
    const { id: applicationId } = await this.applications.lockOwn(tx, applicationUuid);
    await tx.manager.delete(ApiKey, { applicationId, expiresAt: LessThanOrEqual(this.clock.nowMs()) });
    if ((await tx.manager.countBy(ApiKey, { applicationId })) >= maxKeys) throw tooManyKeys();
    await tx.manager.insert(ApiKey, row);
    this.log.committed(tx, 'api_key.issued', 'API key issued', named(row));
  }

  /** Outside a transaction: a key that nobody stored is never handed out. */
  private async sign(application: Application, input: ApiKeyInput): Promise<IssuedApiKey> {
    const { id, uuid, name, owner, tier, organization } = application;
    const { keyType, permittedIp, permittedReferer } = input;
    const issued = await this.issuer.issueApiKey({
      organization,
      userName: owner,
      keyType,
      application: { id, uuid, name, owner, tier },
      lifetimeSeconds: input.validitySeconds ?? -1,
      permittedIP: permittedIp,
      permittedReferer,
    });
    const now = this.clock.nowMs();
    const row = Object.assign(new ApiKey(), {
      uuid: randomUUID(),
      organization,
      applicationId: id,
      jti: issued.jti,
      keyType,
      name: input.name,
      validitySeconds: input.validitySeconds,
      expiresAt: issued.expiresAtMs,
      permittedIp,
      permittedReferer,
      rowVersion: 1,
      createdAt: now,
      updatedAt: now,
    });
    return { row, key: issued.key };
  }
}

function tooManyKeys(): ConflictError {
  return new ConflictError(
    'TOO_MANY_API_KEYS',
    `The application has ${maxKeys} API keys.`,
    'Revoke those that are not used.',
  );
}

function named({ uuid, jti, keyType }: ApiKey) {
  return { apiKeyId: uuid, jti, keyType };
}

/** Claim `jti` of a key that somebody sends for revocation. Unverified: it only finds the caller's own row. */
function jtiOf(key: string): string {
  const payload = key.split('.')[1] ?? '';
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { jti?: unknown } | null;
    if (typeof claims?.jti === 'string') return claims.jti;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InvalidInputError([{ field: 'apikey', message: 'This is not an API key of ours.' }]);
}
