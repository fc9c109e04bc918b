import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ApimError, ConflictError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, type RequestContext, type Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { residentKeyManager } from '@tollgate/oauth/contract';
import { grantTypes, type GrantType, type SigningAlgorithm } from '@tollgate/oauth/domain';
import {
  ClientSecrets,
  ClientService,
  type ClientView,
  type NewSecret,
  OAuthSettings,
  type SecretView,
} from '@tollgate/oauth/server';
import type { KeyType } from '../contract/index.js';
import { Workflows } from '@tollgate/workflow/server';
import { chooseGrantTypes, requireUsable } from '../domain/index.js';
import { ApplicationKey } from './application-key.entity.js';
import { ApplicationParts } from './application-parts.js';
import { ApplicationStore } from './application.store.js';
import type { Application } from './application.entity.js';
import { ApplicationTokens, type ApplicationToken, type TokenInput } from './application-tokens.js';
import { BusinessLog } from './business-log.js';
import { changedThere, ExternalKeys, type MapInput, type PreparedClient } from './external-keys.js';
import { KeyStore, type KeySelector } from './key.store.js';
import { keyMappingRecord, keyMappingRecordKey } from './records.js';

/** What the owner decides about an OAuth client. */
export interface KeyChange {
  /** As asked for; those that exist here are kept. */
  readonly grantTypes: readonly string[];
  /** '' for none. */
  readonly callbackUrl: string;
  /** null: as it is, or the default. */
  readonly accessTokenSeconds: number | null;
  readonly refreshTokenSeconds: number | null;
  /** Signs access tokens; undefined: as it is, null: the installation's. */
  readonly tokenAlgorithm?: SigningAlgorithm | null | undefined;
  /** In access tokens beside the consumer key; undefined: as they are. */
  readonly audiences?: readonly string[] | undefined;
  /** In access tokens; undefined: as they are. */
  readonly customClaims?: Readonly<Record<string, unknown>> | undefined;
}

export interface KeyInput extends KeyChange {
  readonly keyType: KeyType;
  /** '' for the resident one. */
  readonly keyManager: string;
  /** Of the first token. */
  readonly scopes: readonly string[];
}

/** The settings of a client that its owner sees; an external key manager keeps most of them to itself. */
export type KeyClient = Partial<
  Pick<
    ClientView,
    'accessTokenLifetimeSeconds' | 'refreshTokenLifetimeSeconds' | 'tokenAlgorithm' | 'audiences' | 'customClaims'
  >
> & { readonly grantTypes: readonly string[]; readonly callbackUrls: readonly string[] };

export interface KeyDetails {
  readonly key: ApplicationKey;
  readonly client: KeyClient;
  /** When a copy was kept. */
  readonly consumerSecret?: string;
  /** The first token, once. */
  readonly token?: ApplicationToken;
}

/** OAuth clients of the caller's applications. */
@Injectable()
export class KeyService {
  constructor(
    private readonly db: Database,
    private readonly applications: ApplicationStore,
    private readonly store: KeyStore,
    private readonly parts: ApplicationParts,
    private readonly clients: ClientService,
    private readonly clientSecrets: ClientSecrets,
    private readonly external: ExternalKeys,
    private readonly tokens: ApplicationTokens,
    private readonly settings: OAuthSettings,
    private readonly records: RecordWriter,
    private readonly workflows: Workflows,
    private readonly log: BusinessLog,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Grants that a client of an application can get here. */
  supportedGrantTypes(): GrantType[] {
    return grantTypes.filter((grant) => grant !== 'password' || this.settings.passwordGrant);
  }

  /** Makes a client, and its first token when it may ask for one by itself; throws as `make`. */
  async generate(ctx: RequestContext, applicationUuid: string, input: KeyInput): Promise<KeyDetails> {
    const prepared = await this.prepare(ctx, applicationUuid, input);
    try {
      const { key } = await this.make(ctx, applicationUuid, input, prepared);
      return await this.withFirstToken(ctx, applicationUuid, key.uuid, input.scopes);
    } finally {
      await this.external.release(prepared);
    }
  }

  /**
   * Before `make`, outside any transaction: an external key manager makes its client now. Null for the resident one.
   * @throws InvalidInputError for a key manager that the caller cannot use, ApimError with what it said
   */
  async prepare(ctx: RequestContext, applicationUuid: string, input: KeyInput): Promise<PreparedClient | null> {
    const manager = await this.external.managerNamed(ctx, input.keyManager);
    return manager && this.external.prepare(ctx, applicationUuid, manager, input);
  }

  /** After `make`, whatever came of it. */
  release(prepared: PreparedClient | null): Promise<void> {
    return this.external.release(prepared);
  }

  /** Takes in a client that exists at an external key manager. */
  async map(ctx: RequestContext, applicationUuid: string, input: MapInput): Promise<KeyDetails> {
    const key = await this.external.map(ctx, applicationUuid, input, async (tx, application) => {
      const asked = { keyType: input.keyType, keyManager: input.keyManager };
      const outcome = await this.workflows.begin(tx, registrationRequest(application, asked));
      if (outcome.status !== 'APPROVED') throw needsApproval(input.keyManager);
    });
    return this.detailsOf(ctx, key);
  }

  /**
   * As `make`, when nobody has to approve it first.
   * @returns the id of the keys, or null when they wait for approval
   */
  request(
    ctx: RequestContext,
    applicationUuid: string,
    input: KeyInput,
    prepared: PreparedClient | null,
  ): Promise<string | null> {
    if (!prepared) this.grantsOf(input); // refused now and not by who approves
    const keyManager = prepared?.manager.name ?? residentKeyManager;
    return this.db.transaction(ctx, async (tx) => {
      const application = await this.applications.lockOwn(tx, applicationUuid);
      requireUsable(application);
      const keys = await this.store.list(tx, application);
      if (keys.some((key) => key.keyType === input.keyType && key.keyManager === keyManager))
        throw keysExist(input.keyType);
      const outcome = await this.workflows.begin(tx, registrationRequest(application, input));
      if (outcome.status === 'APPROVED') return (await this.make(tx, applicationUuid, input, prepared)).key.uuid;
      if (prepared) throw needsApproval(keyManager);
      return null;
    });
  }

  /** Keys that wait for approval. */
  async pending(ctx: RequestContext, applicationUuid: string): Promise<KeyInput[]> {
    const application = await this.applications.getOwn(ctx, applicationUuid);
    const tasks = await this.workflows.pendingOf(ctx, registrationWorkflows, [application.uuid]);
    return tasks.map((task) => task.payload as KeyInput);
  }

  /**
   * Makes a client without a token. May be part of a transaction.
   * @throws ConflictError when the application has keys of this type, InvalidInputError for grants, URL or key manager
   */
  async make(
    ctx: RequestContext,
    applicationUuid: string,
    input: KeyInput,
    prepared: PreparedClient | null = null,
  ): Promise<KeyDetails> {
    if (prepared) return this.makeExternal(ctx, applicationUuid, input, prepared);
    if (!['', residentKeyManager].includes(input.keyManager)) throw needsApproval(input.keyManager);
    return this.create(ctx, applicationUuid, input, this.grantsOf(input));
  }

  /** Signed outside the transaction that made the client: signing looks for its key on a connection of its own. */
  async withFirstToken(
    ctx: RequestContext,
    applicationUuid: string,
    keyUuid: string,
    scopes: readonly string[],
  ): Promise<KeyDetails> {
    const made = await this.get(ctx, applicationUuid, { uuid: keyUuid });
    if (!made.client.grantTypes.includes('client_credentials')) return made;
    if (isExternal(made.key)) {
      const consumerSecret = made.consumerSecret ?? '';
      return { ...made, token: await this.external.token(ctx, made.key, { consumerSecret, scopes }) };
    }
    const client = await this.clients.findByConsumerKey(made.key.consumerKey, ctx);
    if (!client) throw new NotFoundError('OAuth client', made.key.consumerKey);
    return { ...made, token: await this.tokens.issue(ctx, client, { scopes, validitySeconds: null }) };
  }

  async list(ctx: RequestContext, applicationUuid: string): Promise<KeyDetails[]> {
    const application = await this.applications.getOwn(ctx, applicationUuid);
    const details: KeyDetails[] = [];
    for (const key of await this.store.list(ctx, application)) details.push(await this.detailsOf(ctx, key));
    return details;
  }

  async get(ctx: RequestContext, applicationUuid: string, which: KeySelector): Promise<KeyDetails> {
    const application = await this.applications.getOwn(ctx, applicationUuid);
    return this.detailsOf(ctx, await this.store.get(ctx, application, which));
  }

  update(ctx: RequestContext, applicationUuid: string, which: KeySelector, change: KeyChange): Promise<KeyDetails> {
    const grants = this.grantsOf(change);
    return this.db.transaction(ctx, async (tx) => {
      const key = await this.lockedKey(tx, applicationUuid, which);
      if (isExternal(key)) throw changedThere(key);
      const changed = await this.clients.update(tx, key.consumerKey, { ...clientColumns(change), grantTypes: grants });
      if (!changed) throw new NotFoundError('OAuth client', key.consumerKey);
      return this.detailsOf(tx, key);
    });
  }

  /** The old secret stops working at once. */
  regenerateSecret(
    ctx: RequestContext,
    applicationUuid: string,
    which: KeySelector,
  ): Promise<{ consumerKey: string; consumerSecret: string }> {
    return this.db.transaction(ctx, async (tx) => {
      const key = await this.lockedKey(tx, applicationUuid, which);
      const { consumerKey } = key;
      if (isExternal(key)) throw changedThere(key);
      const renewed = await this.clients.regenerateSecret(tx, consumerKey);
      if (!renewed) throw new NotFoundError('OAuth client', consumerKey);
      this.log.committed(tx, 'keys.secret_replaced', 'Consumer secret replaced', named(key));
      return { consumerKey, consumerSecret: renewed.secret };
    });
  }

  /** Secrets of the client, none whole. */
  async secrets(ctx: RequestContext, applicationUuid: string, which: KeySelector): Promise<SecretView[]> {
    const application = await this.applications.getOwn(ctx, applicationUuid);
    const key = await this.store.get(ctx, application, which);
    if (isExternal(key)) throw changedThere(key);
    return this.clientSecrets.list(ctx, key.consumerKey);
  }

  /** One more secret; those that there are go on. */
  addSecret(ctx: RequestContext, applicationUuid: string, which: KeySelector, input: NewSecret) {
    return this.db.transaction(ctx, async (tx) => {
      const key = await this.lockedKey(tx, applicationUuid, which);
      if (isExternal(key)) throw changedThere(key);
      const made = await this.clientSecrets.add(tx, key.consumerKey, input);
      this.log.committed(tx, 'keys.secret_added', 'Consumer secret added', { ...named(key), secretId: made.view.id });
      return made;
    });
  }

  /** It stops working at once. */
  revokeSecret(ctx: RequestContext, applicationUuid: string, which: KeySelector, secretId: string): Promise<void> {
    return this.db.transaction(ctx, async (tx) => {
      const key = await this.lockedKey(tx, applicationUuid, which);
      if (isExternal(key)) throw changedThere(key);
      await this.clientSecrets.revoke(tx, key.consumerKey, secretId);
      this.log.committed(tx, 'keys.secret_revoked', 'Consumer secret revoked', { ...named(key), secretId });
    });
  }

  /** Removes the client and its mapping; its tokens are refused from then on. */
  cleanUp(ctx: RequestContext, applicationUuid: string, which: KeySelector): Promise<void> {
    return this.db.transaction(ctx, async (tx) => {
      // Keys that wait for approval are taken back.
      const waiting = 'keyType' in which ? [`AM_APPLICATION_REGISTRATION_${which.keyType}` as const] : [];
      if ((await this.workflows.cancel(tx, waiting, applicationUuid)) > 0) return;
      const key = await this.lockedKey(tx, applicationUuid, which);
      await this.parts.removeKey(tx, key);
      this.log.committed(tx, 'keys.removed', 'OAuth keys removed', named(key));
    });
  }

  /** @throws InvalidInputError when the secret is not the client's or a token may not be asked for this way */
  async generateToken(
    ctx: RequestContext,
    applicationUuid: string,
    which: KeySelector,
    input: TokenInput,
  ): Promise<ApplicationToken> {
    const application = await this.applications.getOwn(ctx, applicationUuid);
    const key = await this.store.get(ctx, application, which);
    if (isExternal(key)) return this.external.token(ctx, key, input);
    return this.tokens.issueForSecret(ctx, key.consumerKey, input);
  }

  private grantsOf(change: KeyChange): GrantType[] {
    const { grantTypes: requested, callbackUrl } = change;
    return chooseGrantTypes({ requested, supported: this.supportedGrantTypes(), callbackUrl }) as GrantType[];
  }

  private async create(
    ctx: RequestContext,
    applicationUuid: string,
    input: KeyInput,
    grants: readonly GrantType[],
  ): Promise<KeyDetails> {
    try {
      return await this.db.transaction(ctx, (tx) => this.insert(tx, applicationUuid, input, grants));
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw keysExist(input.keyType);
    }
  }

  private async insert(
    tx: Transaction,
    applicationUuid: string,
    input: KeyInput,
    grants: readonly GrantType[],
  ): Promise<KeyDetails> {
    const application = await this.applications.lockOwn(tx, applicationUuid);
    requireUsable(application);
    const { client, secret } = await this.clients.create(tx, {
      ...clientColumns(input),
      name: `${application.name}_${input.keyType}`,
      owner: application.owner,
      opaqueTokens: application.tokenType === 'OAUTH',
      grantTypes: grants,
      applicationUuid: application.uuid,
      keyType: input.keyType,
    });
    const key = tx.manager.create(ApplicationKey, this.freshColumns(application, client.consumerKey, input.keyType));
    await tx.manager.insert(ApplicationKey, key);
    await this.records.put(
      tx,
      keyMappingRecordKey(key, 'APPLICATION_REGISTRATION_CREATE'),
      keyMappingRecord(key, application),
    );
    this.log.committed(tx, 'keys.generated', 'OAuth keys generated', named(key));
    return { key, client, consumerSecret: secret };
  }

  private freshColumns(application: Application, consumerKey: string, keyType: KeyType) {
    const now = this.clock.nowMs();
    return {
      uuid: randomUUID(),
      organization: application.organization,
      applicationId: application.id,
      keyManager: residentKeyManager,
      keyType,
      consumerKey,
      mode: 'CREATED' as const,
      rowVersion: 1,
      createdAt: now,
      updatedAt: now,
    };
  }

  private async lockedKey(tx: Transaction, applicationUuid: string, which: KeySelector): Promise<ApplicationKey> {
    return this.store.get(tx, await this.applications.lockOwn(tx, applicationUuid), which);
  }

  private async makeExternal(
    ctx: RequestContext,
    applicationUuid: string,
    { keyType }: KeyInput,
    prepared: PreparedClient,
  ): Promise<KeyDetails> {
    const { manager, client } = prepared;
    return this.db.transaction(ctx, async (tx) => {
      const key = await this.external.adopt(tx, applicationUuid, { keyType, manager, client, mode: 'CREATED' });
      tx.afterCommit(() => void (prepared.isTaken = true));
      return this.detailsOf(tx, key);
    });
  }

  private async detailsOf(ctx: RequestContext, key: ApplicationKey): Promise<KeyDetails> {
    if (isExternal(key)) {
      const { client, consumerSecret } = await this.external.clientOf(ctx, key);
      return { key, client, ...(consumerSecret === null ? {} : { consumerSecret }) };
    }
    const client = await this.clients.findByConsumerKey(key.consumerKey, ctx);
    if (!client) throw new NotFoundError('OAuth client', key.consumerKey);
    const consumerSecret = await this.clients.secretOf(key.consumerKey, ctx);
    return { key, client, ...(consumerSecret === null ? {} : { consumerSecret }) };
  }
}

export const registrationWorkflows = [
  'AM_APPLICATION_REGISTRATION_PRODUCTION',
  'AM_APPLICATION_REGISTRATION_SANDBOX',
] as const;

function registrationRequest(
  { uuid, name, owner, tier }: Application,
  input: Pick<KeyInput, 'keyType' | 'keyManager'>,
) {
  return {
    type: `AM_APPLICATION_REGISTRATION_${input.keyType}` as const,
    subject: uuid,
    description: `${owner} asks for ${input.keyType} keys of the application "${name}".`,
    properties: { applicationName: name, applicationTier: tier, keyType: input.keyType, userName: owner },
    payload: input,
  };
}

function keysExist(keyType: KeyType): ConflictError {
  return new ConflictError(
    'KEYS_EXIST',
    `The application has ${keyType} keys already.`,
    'Use those, or clean them up first.',
  );
}

/** An external key manager makes its client at once, so nothing of it can wait. */
function needsApproval(keyManager: string): ApimError {
  return new ApimError({
    code: 'KEYS_NEED_APPROVAL',
    status: 400,
    message: `Keys need approval here, and those of "${keyManager}" cannot wait for it.`,
    action: `Generate keys with "${residentKeyManager}", or ask an administrator.`,
    fields: [{ field: 'keyManager', message: 'Its keys cannot wait for approval.' }],
  });
}

function named({ uuid, consumerKey, keyType, keyManager }: ApplicationKey) {
  return { keyMappingId: uuid, consumerKey, keyType, keyManager };
}

function isExternal({ keyManager }: ApplicationKey): boolean {
  return keyManager !== residentKeyManager;
}

function clientColumns(change: KeyChange) {
  return {
    callbackUrls: change.callbackUrl === '' ? [] : [change.callbackUrl],
    ...(change.tokenAlgorithm === undefined ? {} : { tokenAlgorithm: change.tokenAlgorithm }),
    ...(change.audiences === undefined ? {} : { audiences: change.audiences }),
    ...(change.customClaims === undefined ? {} : { customClaims: change.customClaims }),
    ...(change.accessTokenSeconds === null ? {} : { accessTokenLifetimeSeconds: change.accessTokenSeconds }),
    ...(change.refreshTokenSeconds === null ? {} : { refreshTokenLifetimeSeconds: change.refreshTokenSeconds }),
  };
}
