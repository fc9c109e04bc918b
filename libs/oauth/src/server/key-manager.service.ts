import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, NotFoundError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import {
  Database,
  isDuplicateKey,
  managerOf,
  updateVersioned,
  type RequestContext,
  type Transaction,
} from '@tollgate/database';
import { residentKeyManager } from '../contract/index.js';
import type { KeyManagerSettings } from '../domain/index.js';
import { ExternalClient, KeyManager } from './key-manager.entity.js';
import { KeyManagerKeys } from './key-manager.keys.js';
import { KeyManagerRecords } from './key-manager-records.js';

/** What an administrator says about a key manager. */
export interface KeyManagerInput {
  readonly name: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly settings: KeyManagerSettings;
  /** Encrypted at rest; undefined leaves what is there. */
  readonly connector?: Readonly<Record<string, unknown>> | undefined;
}

export const residentType = 'default';
const connectorPurpose = 'key-manager-connector';

/** Key managers of an organization. The resident one is there from the start and can be switched off, not removed. */
@Injectable()
export class KeyManagerService {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly keys: KeyManagerKeys,
    private readonly records: KeyManagerRecords,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** The resident one first. */
  list(ctx: RequestContext): Promise<KeyManager[]> {
    const { organization } = ctx;
    return managerOf(this.db, ctx).find(KeyManager, { where: { organization }, order: { id: 'ASC' } });
  }

  /** @throws NotFoundError also for one of another organization */
  async get(ctx: RequestContext, uuid: string): Promise<KeyManager> {
    const found = await managerOf(this.db, ctx).findOneBy(KeyManager, { uuid, organization: ctx.organization });
    if (!found) throw new NotFoundError('Key manager', uuid);
    return found;
  }

  async findByName(ctx: RequestContext, name: string): Promise<KeyManager | null> {
    return managerOf(this.db, ctx).findOneBy(KeyManager, { name, organization: ctx.organization });
  }

  /** What it is called with. Empty when nothing was given. */
  connectorOf(row: KeyManager): Record<string, unknown> {
    return row.connectorSealed === null
      ? {}
      : (JSON.parse(this.box.open(row.connectorSealed, connectorPurpose)) as Record<string, unknown>);
  }

  /** @throws ConflictError when name or issuer is taken, InvalidInputError when its keys cannot be had */
  async create(ctx: RequestContext, input: KeyManagerInput): Promise<KeyManager> {
    const keys = await this.keys.read(input.settings); // before the transaction: it asks over the network
    return this.db.transaction(ctx, async (tx) => {
      await this.refuseTaken(tx, input);
      const nowMs = this.clock.nowMs();
      const row = tx.manager.create(KeyManager, {
        uuid: randomUUID(),
        organization: ctx.organization,
        rowVersion: 1,
        createdAt: nowMs,
        updatedAt: nowMs,
        ...this.columnsOf(input),
        connectorSealed: this.sealed(input.connector ?? {}),
        keys: keys as never,
        keysReadAt: input.settings.certificates.type === 'PEM' ? 0 : nowMs,
        keysProblem: null,
      });
      await this.insert(tx, row);
      await this.records.put(tx, row);
      return row;
    });
  }

  /** The keys are read again when their address or their text has changed. */
  async update(
    ctx: RequestContext,
    uuid: string,
    input: KeyManagerInput,
    expectedVersion?: number,
  ): Promise<KeyManager> {
    const present = await this.get(ctx, uuid);
    if (input.name !== present.name)
      throw new InvalidInputError([
        { field: 'name', message: `The name cannot change; it is "${present.name}": tokens and keys refer to it.` },
      ]);
    if ((present.type === residentType) !== (input.type === residentType))
      throw new InvalidInputError([
        { field: 'type', message: `The type "${present.type}" cannot change to "${input.type}".` },
      ]);
    const isResident = present.type === residentType;
    const same = JSON.stringify(present.settings.certificates) === JSON.stringify(input.settings.certificates);
    const keys = isResident || same ? null : await this.keys.read(input.settings);
    return this.db.transaction(ctx, async (tx) => {
      await this.refuseTaken(tx, input, uuid);
      const nowMs = this.clock.nowMs();
      const changes = {
        ...this.columnsOf(input),
        ...(input.connector === undefined ? {} : { connectorSealed: this.sealed(input.connector) }),
        ...(keys === null
          ? {}
          : {
              keys: keys as never,
              keysReadAt: input.settings.certificates.type === 'PEM' ? 0 : nowMs,
              keysProblem: null,
            }),
      };
      const version = expectedVersion === undefined ? {} : { expectedVersion };
      const next = await updateVersioned(tx, KeyManager, await this.get(tx, uuid), changes, { nowMs, ...version });
      await (isResident ? this.records.publish(tx, next.organization) : this.records.put(tx, next));
      return next;
    });
  }

  /** @throws ConflictError for the resident one, or while applications have clients with it */
  async delete(ctx: RequestContext, uuid: string): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const row = await this.get(tx, uuid);
      if (row.type === residentType)
        throw new ConflictError(
          'KEY_MANAGER_RESIDENT',
          `"${row.name}" is part of this installation.`,
          'Switch it off instead.',
        );
      const clients = await tx.manager.countBy(ExternalClient, { keyManagerUuid: uuid });
      if (clients > 0)
        throw new ConflictError(
          'KEY_MANAGER_IN_USE',
          `Applications have ${clients} ${clients === 1 ? 'client' : 'clients'} with "${row.name}".`,
          'Remove those keys first, or switch the key manager off.',
        );
      await tx.manager.delete(KeyManager, { id: row.id });
      await this.records.remove(tx, row);
    });
  }

  private columnsOf({ name, type, enabled, settings }: KeyManagerInput) {
    return { name, type, enabled, settings };
  }

  private sealed(connector: Readonly<Record<string, unknown>>): string | null {
    return Object.keys(connector).length === 0 ? null : this.box.seal(JSON.stringify(connector), connectorPurpose);
  }

  /** Two of one issuer would leave it open whose client a token's is. */
  private async refuseTaken(tx: Transaction, input: KeyManagerInput, uuid?: string): Promise<void> {
    const others = (await this.list(tx)).filter((row) => row.uuid !== uuid);
    if (input.name === residentKeyManager && input.type !== residentType) throw taken('name', input.name);
    if (others.some((row) => row.name === input.name)) throw taken('name', input.name);
    const { issuer } = input.settings;
    const own = this.records.residentIssuer(tx.organization);
    if (
      input.type !== residentType &&
      (issuer === own || others.some((row) => row.type !== residentType && row.settings.issuer === issuer))
    )
      throw taken('issuer', issuer);
  }

  private async insert(tx: Transaction, row: KeyManager): Promise<void> {
    try {
      await tx.manager.insert(KeyManager, row as never);
    } catch (error) {
      throw isDuplicateKey(error) ? taken('name', row.name) : error;
    }
  }
}

function taken(what: string, value: string): ConflictError {
  return new ConflictError(
    'KEY_MANAGER_EXISTS',
    `A key manager has the ${what} "${value}".`,
    `Choose another ${what}, or change that one.`,
  );
}
