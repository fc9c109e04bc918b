import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ApimError, ConflictError, InvalidInputError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, type RequestContext, type Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { residentKeyManager } from '@tollgate/oauth/contract';
import { mayUseKeyManager } from '@tollgate/oauth/domain';
import {
  ExternalClientService,
  KeyManagerService,
  type KeyManager,
  type RegisteredClient,
} from '@tollgate/oauth/server';
import type { KeyType } from '../contract/index.js';
import { ApplicationKey } from './application-key.entity.js';
import type { Application } from './application.entity.js';
import { ApplicationStore } from './application.store.js';
import type { ApplicationToken, TokenInput } from './application-tokens.js';
import { BusinessLog } from './business-log.js';
import { callerOf } from './caller.js';
import { keyMappingRecord, keyMappingRecordKey } from './records.js';

/** A client that an external key manager made for keys that are about to be stored. */
export interface PreparedClient {
  readonly manager: KeyManager;
  readonly client: RegisteredClient;
  /** The keys were committed: it is theirs. */
  isTaken: boolean;
}

export interface MapInput {
  readonly keyType: KeyType;
  readonly keyManager: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
}

interface Adoption {
  readonly keyType: KeyType;
  readonly manager: KeyManager;
  readonly client: RegisteredClient;
  readonly mode: ApplicationKey['mode'];
}

/** Keys of applications at key managers other than the resident one. */
@Injectable()
export class ExternalKeys {
  constructor(
    private readonly db: Database,
    private readonly applications: ApplicationStore,
    private readonly managers: KeyManagerService,
    private readonly clients: ExternalClientService,
    private readonly records: RecordWriter,
    private readonly log: BusinessLog,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /**
   * The external key manager that a request names; null for the resident one.
   * @throws InvalidInputError when there is none of this name that the caller may use
   */
  async managerNamed(ctx: RequestContext, name: string): Promise<KeyManager | null> {
    const all = await this.managers.list(ctx);
    const wanted = name === '' ? residentKeyManager : name;
    const found = all.find((each) => each.name === wanted || each.uuid === wanted);
    const usable = found?.enabled && mayUseKeyManager(found.settings, callerOf(ctx).roles);
    if (!usable)
      throw new InvalidInputError([
        {
          field: 'keyManager',
          message: `There is no key manager "${wanted}" that you can use. See GET /key-managers.`,
        },
      ]);
    return found.name === residentKeyManager ? null : found;
  }

  /** Asks for a client, over the network and therefore outside any transaction. Give it to `release` in the end. */
  async prepare(
    ctx: RequestContext,
    applicationUuid: string,
    manager: KeyManager,
    input: { readonly keyType: KeyType; readonly grantTypes: readonly string[]; readonly callbackUrl: string },
  ): Promise<PreparedClient> {
    const application = await this.applications.getOwn(ctx, applicationUuid);
    const client = await this.clients.register(manager, {
      name: `${application.name}_${input.keyType}`,
      grantTypes: input.grantTypes,
      callbackUrls: input.callbackUrl === '' ? [] : input.callbackUrl.split(',').map((url) => url.trim()),
    });
    return { manager, client, isTaken: false };
  }

  /** A client that nobody took is given back. */
  async release(prepared: PreparedClient | null): Promise<void> {
    if (prepared && !prepared.isTaken) await this.clients.unregister(prepared.client);
  }

  /** @throws ConflictError when the application has keys of this type with this key manager, or others have the client */
  async adopt(
    tx: Transaction,
    applicationUuid: string,
    { keyType, manager, client, mode }: Adoption,
  ): Promise<ApplicationKey> {
    const application = await this.applications.lockOwn(tx, applicationUuid);
    const now = this.clock.nowMs();
    const key = tx.manager.create(ApplicationKey, {
      uuid: randomUUID(),
      organization: application.organization,
      applicationId: application.id,
      keyManager: manager.name,
      keyType,
      consumerKey: client.consumerKey,
      mode,
      rowVersion: 1,
      createdAt: now,
      updatedAt: now,
    });
    try {
      await tx.manager.insert(ApplicationKey, key);
      await this.clients.add(tx, manager, client);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new ConflictError(
        'KEYS_EXIST',
        `The application has ${keyType} keys with "${manager.name}" already, or another one has this client.`,
        'Use those keys, or clean them up first.',
      );
    }
    await this.records.put(
      tx,
      keyMappingRecordKey(key, 'APPLICATION_REGISTRATION_CREATE'),
      keyMappingRecord(key, application),
    );
    const { uuid: keyMappingId, consumerKey } = key;
    this.log.committed(tx, 'keys.generated', 'OAuth keys of another key manager added', {
      keyMappingId,
      consumerKey,
      keyType,
      keyManager: manager.name,
      mode,
    });
    return key;
  }

  /**
   * Takes in a client that exists at the key manager.
   * @param allow throws when the application may not have it
   * @throws InvalidInputError when it does not prove to be the caller's
   */
  async map(
    ctx: RequestContext,
    applicationUuid: string,
    input: MapInput,
    allow: (tx: Transaction, application: Application) => Promise<void>,
  ): Promise<ApplicationKey> {
    const application = await this.applications.getOwn(ctx, applicationUuid);
    const manager = await this.managerNamed(ctx, input.keyManager);
    if (manager === null)
      throw new InvalidInputError([
        { field: 'keyManager', message: `Clients of "${residentKeyManager}" are made by generate-keys.` },
      ]);
    await this.clients.prove(manager, input.consumerKey, input.consumerSecret);
    const client: RegisteredClient = {
      name: `${application.name}_${input.keyType}`,
      consumerKey: input.consumerKey,
      secret: input.consumerSecret === '' ? null : input.consumerSecret,
      grantTypes: ['client_credentials'],
      callbackUrls: [],
      registrationUri: null,
      registrationToken: null,
    };
    const adoption = { keyType: input.keyType, manager, client, mode: 'MAPPED' } as const;
    return this.db.transaction(ctx, async (tx) => {
      await allow(tx, application);
      return this.adopt(tx, applicationUuid, adoption);
    });
  }

  async clientOf(ctx: RequestContext, key: ApplicationKey) {
    const { manager, row } = await this.bothOf(ctx, key);
    return {
      manager,
      client: { grantTypes: row.grantTypes, callbackUrls: row.callbackUrls },
      consumerSecret: this.clients.secretOf(row),
    };
  }

  async token(
    ctx: RequestContext,
    key: ApplicationKey,
    { consumerSecret, scopes }: Pick<TokenInput, 'consumerSecret' | 'scopes'>,
  ): Promise<ApplicationToken> {
    const { manager } = await this.bothOf(ctx, key);
    const token = await this.clients.token(manager, key.consumerKey, consumerSecret, scopes);
    return { accessToken: token.accessToken, tokenScopes: token.scopes, validityTime: token.expiresInSeconds };
  }

  /** With the mapping goes what is known of the client, and after the commit the client itself when it was made from here. */
  async remove(tx: Transaction, key: ApplicationKey): Promise<void> {
    const manager = await this.managers.findByName({ ...tx, organization: key.organization }, key.keyManager);
    if (manager) await this.clients.remove(tx, manager.uuid, key.consumerKey);
  }

  private async bothOf(ctx: RequestContext, key: ApplicationKey) {
    const manager = await this.managers.findByName(ctx, key.keyManager);
    const row = manager && (await this.clients.find(ctx, manager.uuid, key.consumerKey));
    if (!manager || !row) throw new NotFoundError('OAuth client', key.consumerKey);
    return { manager, row };
  }
}

/** What only the key manager itself can change. */
export function changedThere({ keyManager }: ApplicationKey): ApimError {
  return new ApimError({
    code: 'CLIENT_OF_ANOTHER_KEY_MANAGER',
    status: 400,
    message: `This client belongs to the key manager "${keyManager}".`,
    action: 'Change it there, or clean these keys up and generate new ones.',
  });
}
