import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import {
  Database,
  isDuplicateKey,
  managerOf,
  recentMs,
  RecentLoader,
  updateVersioned,
  type RequestContext,
  type Transaction,
} from '@tollgate/database';
import {
  customClaimProblems,
  redirectUriProblem,
  reservedAudienceProblem,
  type GrantType,
  type SigningAlgorithm,
} from '../domain/index.js';
import { OAuthSettings } from './oauth-settings.js';
import { In, LessThan } from 'typeorm';
import { OAuthClient, RefreshToken, type ClientAuthMethod, type KeyType } from './oauth.entities.js';
import { longAfter, RevocationService } from './revocation.service.js';
import { AuthorizationCode, Consent } from './sign-in.entities.js';

/** A client as other domains see it: everything but the secret. */
export type ClientView = Readonly<
  Omit<OAuthClient, 'secretDigest' | 'secretSealed' | 'addedSecrets' | 'registrationKey'>
>;

export interface NewClient {
  readonly name: string;
  /** User name within `tx.organization`. */
  readonly owner: string;
  readonly grantTypes: readonly GrantType[];
  readonly callbackUrls?: readonly string[];
  /** Both for a client of an application, neither for a client of the management surfaces. */
  readonly applicationUuid?: string | null;
  readonly keyType?: KeyType | null;
  readonly accessTokenLifetimeSeconds?: number;
  readonly refreshTokenLifetimeSeconds?: number;
  /** null: that of the installation. */
  readonly tokenAlgorithm?: SigningAlgorithm | null;
  /** Access tokens are random texts; default false. */
  readonly opaqueTokens?: boolean;
  /** In access tokens beside the consumer key. */
  readonly audiences?: readonly string[];
  /** In access tokens beside those of RFC 9068; see `customClaimProblem`. */
  readonly customClaims?: Readonly<Record<string, unknown>>;
  readonly saas?: boolean;
  /** Default `client_secret`. */
  readonly authMethod?: ClientAuthMethod;
  /** Public keys, for `private_key_jwt` and `self_signed_tls_client_auth`. */
  readonly jwks?: OAuthClient['jwks'];
  /** For `tls_client_auth`. */
  readonly certificateName?: OAuthClient['certificateName'];
  readonly bindsToCertificate?: boolean;
  readonly firstParty?: boolean;
  readonly postLogoutUris?: readonly string[];
  /** Default random. Only for the clients that belong to the installation. */
  readonly consumerKey?: string;
  /** Registering the same name of the same owner again is refused; see `findRegistered`. */
  readonly registered?: boolean;
  /** Keep an encrypted copy of the secret, so that it can be shown again. Default true. */
  readonly keepSecret?: boolean;
}

export type ClientChanges = Partial<
  Pick<
    NewClient,
    | 'name'
    | 'grantTypes'
    | 'callbackUrls'
    | 'accessTokenLifetimeSeconds'
    | 'refreshTokenLifetimeSeconds'
    | 'tokenAlgorithm'
    | 'opaqueTokens'
    | 'audiences'
    | 'customClaims'
    | 'owner'
    | 'saas'
    | 'postLogoutUris'
    | 'authMethod'
    | 'jwks'
    | 'certificateName'
    | 'bindsToCertificate'
  >
>;

export interface ClientWithSecret {
  readonly client: ClientView;
  readonly secret: string;
}

export const secretPurpose = 'client-secret';

/** OAuth clients: of applications (their consumer keys) and of the management surfaces. */
@Injectable()
export class ClientService {
  private readonly loader: RecentLoader<OAuthClient>;
  private readonly decoy = randomBytes(32).toString('hex');

  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly revocations: RevocationService,
    private readonly settings: OAuthSettings,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {
    this.loader = new RecentLoader(db, (keys) => this.loadAll(keys));
  }

  /** @throws InvalidInputError for a bad callback URL, ConflictError when a registered name is taken */
  async create(tx: Transaction, input: NewClient): Promise<ClientWithSecret> {
    checkCallbacks([...(input.callbackUrls ?? []), ...(input.postLogoutUris ?? [])]);
    checkTokenContents(input);
    const secret = newSecret();
    const row = this.newRow(tx.organization, input, secret);
    try {
      await tx.manager.insert(OAuthClient, row as never);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new ConflictError(
        'CLIENT_EXISTS',
        `A client named "${input.name}" exists already.`,
        'Choose another name.',
      );
    }
    return { client: publicFields(row), secret };
  }

  /** By exact consumer key, in any organization; null when there is none. */
  async findByConsumerKey(consumerKey: string, ctx?: RequestContext): Promise<ClientView | null> {
    const row = await this.row(consumerKey, ctx);
    return row ? publicFields(row) : null;
  }

  /** The self-registered client of this owner and name. */
  async findRegistered(ctx: RequestContext, owner: string, name: string): Promise<ClientView | null> {
    const registrationKey = this.registrationKey(ctx.organization, owner, name);
    const row = await managerOf(this.db, ctx).findOneBy(OAuthClient, { registrationKey });
    return row ? publicFields(row) : null;
  }

  /** The secret, when an encrypted copy was kept. */
  async secretOf(consumerKey: string, ctx?: RequestContext): Promise<string | null> {
    const row = await this.row(consumerKey, ctx);
    return row?.secretSealed ? this.box.open(row.secretSealed, secretPurpose) : null;
  }

  /**
   * The client when the secret is right, else null; takes the same time for a client that does not exist.
   */
  async authenticate(consumerKey: string, secret: string): Promise<ClientView | null> {
    const row = await this.row(consumerKey);
    const actual = Buffer.from(this.box.digest(secret, secretPurpose), 'hex');
    const digests = row ? liveDigests(row, this.clock.nowMs()) : [];
    const compared = digests.length > 0 ? digests : [this.decoy];
    const isRight = compared.map((digest) => timingSafeEqual(actual, Buffer.from(digest, 'hex'))).includes(true);
    return row && isRight && row.authMethod === 'client_secret' ? publicFields(row) : null;
  }

  async update(tx: Transaction, consumerKey: string, changes: ClientChanges): Promise<ClientView | null> {
    checkCallbacks([...(changes.callbackUrls ?? []), ...(changes.postLogoutUris ?? [])]);
    checkTokenContents(changes);
    const row = await this.row(consumerKey, tx);
    if (!row) return null;
    const { grantTypes, callbackUrls, postLogoutUris, audiences, customClaims, ...plain } = changes;
    const nowMs = this.clock.nowMs();
    const next = {
      ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
      ...(grantTypes ? { grantTypes: [...grantTypes] } : {}),
      ...(callbackUrls ? { callbackUrls: [...callbackUrls] } : {}),
      ...(postLogoutUris ? { postLogoutUris: [...postLogoutUris] } : {}),
      ...(audiences ? { audiences: [...audiences] } : {}),
      ...(customClaims ? { customClaims: { ...customClaims } } : {}),
      tokensExpireAt: Math.max(row.tokensExpireAt, longAfter(nowMs, row.accessTokenLifetimeSeconds)),
    };
    return publicFields(await updateVersioned(tx, OAuthClient, row, next, { nowMs }));
  }

  /** A new secret; the old one stops working with the commit. Null when there is no such client. */
  async regenerateSecret(tx: Transaction, consumerKey: string): Promise<ClientWithSecret | null> {
    const row = await this.row(consumerKey, tx);
    if (!row) return null;
    const secret = newSecret();
    const stored = {
      secretDigest: this.box.digest(secret, secretPurpose),
      secretSealed: row.secretSealed === null ? null : this.box.seal(secret, secretPurpose),
    };
    await updateVersioned(tx, OAuthClient, row, stored, { nowMs: this.clock.nowMs() });
    return { client: publicFields(row), secret };
  }

  /** Before a token is issued that lives longer than the client's setting says, so that a revocation outlasts it. */
  async allowLifetime(consumerKey: string, lifetimeSeconds: number): Promise<void> {
    const tokensExpireAt = longAfter(this.clock.nowMs(), lifetimeSeconds);
    await this.db.manager.update(
      OAuthClient,
      { consumerKey, tokensExpireAt: LessThan(tokensExpireAt) },
      { tokensExpireAt },
    );
  }

  /** Removes the client, its refresh tokens, and revokes every access token it got. One that is not there is no error. */
  async remove(tx: Transaction, consumerKey: string): Promise<void> {
    const row = await this.row(consumerKey, tx);
    if (!row) return;
    await tx.manager.delete(RefreshToken, { consumerKey });
    await tx.manager.delete(AuthorizationCode, { consumerKey });
    await tx.manager.delete(Consent, { consumerKey });
    await tx.manager.delete(OAuthClient, { id: row.id });
    const nowMs = this.clock.nowMs();
    const expiresAtMs = Math.max(row.tokensExpireAt, longAfter(nowMs, row.accessTokenLifetimeSeconds));
    await this.revocations.revoke(tx, {
      type: 'consumerKey',
      value: consumerKey,
      organization: row.organization,
      beforeMs: nowMs + recentMs, // another process may know the client for a moment more
      expiresAtMs,
    });
  }

  private async row(consumerKey: string, ctx?: RequestContext): Promise<OAuthClient | null> {
    if (consumerKey === '' || consumerKey.length > 190) return null;
    if (!ctx) return this.loader.load(consumerKey);
    const row = await managerOf(this.db, ctx).findOneBy(OAuthClient, { consumerKey });
    return row?.consumerKey === consumerKey ? row : null;
  }

  private async loadAll(consumerKeys: readonly string[]): Promise<ReadonlyMap<string, OAuthClient>> {
    const rows = await this.db.manager.findBy(OAuthClient, { consumerKey: In([...consumerKeys]) });
    return new Map(rows.map((row) => [row.consumerKey, row]));
  }

  private registrationKey(organization: string, owner: string, name: string): string {
    return this.box.digest(JSON.stringify([organization, owner, name]), 'client-registration');
  }

  private newRow(organization: string, input: NewClient, secret: string): OAuthClient {
    const nowMs = this.clock.nowMs();
    return Object.assign(new OAuthClient(), {
      uuid: randomUUID(),
      organization,
      rowVersion: 1,
      createdAt: nowMs,
      updatedAt: nowMs,
      consumerKey: input.consumerKey ?? randomBytes(21).toString('base64url'),
      name: input.name,
      addedSecrets: null,
      secretDigest: this.box.digest(secret, secretPurpose),
      secretSealed: input.keepSecret === false ? null : this.box.seal(secret, secretPurpose),
      grantTypes: [...input.grantTypes],
      callbackUrls: [...(input.callbackUrls ?? [])],
      owner: input.owner,
      keyType: input.keyType ?? null,
      applicationUuid: input.applicationUuid ?? null,
      accessTokenLifetimeSeconds: input.accessTokenLifetimeSeconds ?? this.settings.lifetimes.accessSeconds,
      refreshTokenLifetimeSeconds: input.refreshTokenLifetimeSeconds ?? this.settings.lifetimes.refreshSeconds,
      tokenAlgorithm: input.tokenAlgorithm ?? null,
      opaqueTokens: input.opaqueTokens ?? false,
      audiences: input.audiences ? [...input.audiences] : null,
      customClaims: input.customClaims ? { ...input.customClaims } : null,
      tokensExpireAt: 0,
      saas: input.saas ?? false,
      authMethod: input.authMethod ?? 'client_secret',
      jwks: input.jwks ?? null,
      certificateName: input.certificateName ?? null,
      bindsToCertificate: input.bindsToCertificate ?? false,
      firstParty: input.firstParty ?? false,
      postLogoutUris: input.postLogoutUris ? [...input.postLogoutUris] : null,
      registrationKey: input.registered ? this.registrationKey(organization, input.owner, input.name) : null,
    } satisfies Omit<OAuthClient, 'id'>);
  }
}

/** Digests of the secrets that work now. */
export function liveDigests(
  { secretDigest, addedSecrets }: Pick<OAuthClient, 'secretDigest' | 'addedSecrets'>,
  nowMs: number,
): string[] {
  const added = (addedSecrets ?? []).filter(({ expiresAt }) => expiresAt === null || expiresAt > nowMs);
  return [...(secretDigest === '' ? [] : [secretDigest]), ...added.map(({ digest }) => digest)];
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function checkCallbacks(urls: readonly string[]): void {
  const problems = urls.map((url) => redirectUriProblem(url)).filter((problem) => problem !== null);
  if (problems.length > 0) throw new InvalidInputError(problems.map((message) => ({ field: 'callbackUrl', message })));
}

function checkTokenContents({ audiences = [], customClaims = {} }: ClientChanges): void {
  const problems = [...audiences.map(reservedAudienceProblem), ...customClaimProblems(customClaims)];
  const messages = problems.filter((problem) => problem !== null);
  if (messages.length > 0)
    throw new InvalidInputError(messages.map((message) => ({ field: 'additionalProperties', message })));
}

function publicFields(row: OAuthClient): ClientView {
  const { secretDigest: _digest, secretSealed: _sealed, addedSecrets: _added, registrationKey: _key, ...rest } = row;
  return rest;
}
