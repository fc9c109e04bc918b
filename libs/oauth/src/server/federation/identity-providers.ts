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
import { adminRole } from '@tollgate/identity/domain';
import { RoleService } from '@tollgate/identity/server';
import {
  ProviderMetadataError,
  readProviderMetadata,
  type IdentityProviderSettings,
  type ProviderMetadata,
} from '../../domain/index.js';
import { KeyManagerCaller } from '../key-manager.caller.js';
import { SignInSessions } from '../sign-in-session.service.js';
import { FederatedAccount, IdentityProvider } from './identity-provider.entities.js';

export interface IdentityProviderInput {
  readonly name: string;
  readonly enabled: boolean;
  readonly settings: IdentityProviderSettings;
  /** Undefined leaves what is there, '' takes it away. */
  readonly clientSecret: string | undefined;
}

const secretPurpose = 'identity-provider-secret';

/** The OpenID providers of an organization. */
@Injectable()
export class IdentityProviders {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly caller: KeyManagerCaller,
    private readonly roles: RoleService,
    private readonly sessions: SignInSessions,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Ordered by name. */
  list(ctx: RequestContext): Promise<IdentityProvider[]> {
    return managerOf(this.db, ctx).find(IdentityProvider, {
      where: { organization: ctx.organization },
      order: { name: 'ASC' },
    });
  }

  /** Those that people may use now, ordered by name. */
  offered(organization: string): Promise<IdentityProvider[]> {
    return this.db.manager.find(IdentityProvider, { where: { organization, enabled: true }, order: { name: 'ASC' } });
  }

  /** One that people may use now; else null. */
  async findOffered(organization: string, name: string): Promise<IdentityProvider | null> {
    const found = await this.db.manager.findOneBy(IdentityProvider, { organization, name, enabled: true });
    return found?.name === name && found.organization === organization ? found : null;
  }

  /** @throws NotFoundError also for one of another organization */
  async get(ctx: RequestContext, uuid: string): Promise<IdentityProvider> {
    const found = await managerOf(this.db, ctx).findOneBy(IdentityProvider, { uuid, organization: ctx.organization });
    if (!found) throw new NotFoundError('Identity provider', uuid);
    return found;
  }

  /** Null for a public client. */
  secretOf({ clientSecretSealed }: IdentityProvider): string | null {
    return clientSecretSealed === null ? null : this.box.open(clientSecretSealed, secretPurpose);
  }

  /** @throws InvalidInputError when its metadata cannot be had or a role does not exist, ConflictError for a taken name */
  async create(ctx: RequestContext, input: IdentityProviderInput): Promise<IdentityProvider> {
    const metadata = await this.readMetadata(input, hasSecret(input, false));
    return this.db.transaction(ctx, async (tx) => {
      await this.checkRoles(tx, input.settings);
      const nowMs = this.clock.nowMs();
      const row = tx.manager.create(IdentityProvider, {
        uuid: randomUUID(),
        organization: ctx.organization,
        rowVersion: 1,
        createdAt: nowMs,
        updatedAt: nowMs,
        ...this.columnsOf(input, metadata),
        clientSecretSealed: this.sealed(input.clientSecret ?? ''),
      });
      try {
        await tx.manager.insert(IdentityProvider, row as never);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        throw new ConflictError(
          'IDENTITY_PROVIDER_EXISTS',
          `An identity provider has the name "${input.name}".`,
          'Choose another name, or change that one.',
        );
      }
      return row;
    });
  }

  /** Switching one off ends the sessions that were begun with it. */
  async update(
    ctx: RequestContext,
    uuid: string,
    input: IdentityProviderInput,
    expectedVersion?: number,
  ): Promise<IdentityProvider> {
    const present = await this.get(ctx, uuid);
    refuseChange('name', present.name, input.name, 'it is part of the address that the provider sends people back to');
    refuseChange('issuer', present.settings.issuer, input.settings.issuer, 'its people are known by it');
    const metadata = await this.readMetadata(input, hasSecret(input, present.clientSecretSealed !== null));
    return this.db.transaction(ctx, async (tx) => {
      await this.checkRoles(tx, input.settings);
      const { clientSecret } = input;
      const changes = {
        ...this.columnsOf(input, metadata),
        ...(clientSecret === undefined ? {} : { clientSecretSealed: this.sealed(clientSecret) }),
      };
      const version = expectedVersion === undefined ? {} : { expectedVersion };
      const nowMs = this.clock.nowMs();
      const row = await this.get(tx, uuid);
      const next = await updateVersioned(tx, IdentityProvider, row, changes, { nowMs, ...version });
      if (!next.enabled) await this.sessions.endOfProvider(tx, uuid);
      return next;
    });
  }

  /** With its links, and the sessions that were begun with it. The accounts stay. */
  async delete(ctx: RequestContext, uuid: string): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const row = await this.get(tx, uuid);
      await tx.manager.delete(FederatedAccount, { providerUuid: uuid });
      await tx.manager.delete(IdentityProvider, { id: row.id });
      await this.sessions.endOfProvider(tx, uuid);
    });
  }

  /** Outside any transaction: it asks over the network. */
  private async readMetadata(
    { settings, enabled }: IdentityProviderInput,
    isConfidential: boolean,
  ): Promise<ProviderMetadata> {
    const field = 'wellKnownEndpoint';
    const refused = (message: string): InvalidInputError => new InvalidInputError([{ field, message }]);
    const { status, json } = await this.caller.call(settings.wellKnownEndpoint, field);
    if (status !== 200) throw refused(`It answered with status ${status}.`);
    try {
      const metadata = readProviderMetadata(settings.issuer, json);
      if (enabled && isConfidential && metadata.authMethods.every((method) => method === 'none'))
        throw refused('It takes client secrets neither by client_secret_basic nor by client_secret_post.');
      return metadata;
    } catch (error) {
      throw error instanceof ProviderMetadataError ? refused(error.message) : error;
    }
  }

  private columnsOf({ name, enabled, settings }: IdentityProviderInput, metadata: ProviderMetadata) {
    return { name, enabled, settings, metadata };
  }

  private sealed(secret: string): string | null {
    return secret === '' ? null : this.box.seal(secret, secretPurpose);
  }

  private async checkRoles(tx: Transaction, { roleMappings, newUserRoles }: IdentityProviderSettings): Promise<void> {
    const named = [
      ...roleMappings.map(({ role }, i) => ({ role, field: `roleMappings[${i}].role` })),
      ...newUserRoles.map((role, i) => ({ role, field: `newUserRoles[${i}]` })),
    ];
    for (const { role, field } of named) {
      if (role === adminRole && field.startsWith('newUserRoles'))
        throw new InvalidInputError([
          { field, message: 'Nobody becomes an administrator by coming for the first time.' },
        ]);
      if (!(await this.roles.exists(tx.organization, role, tx)))
        throw new InvalidInputError([{ field, message: `There is no role "${role}".` }]);
    }
  }
}

function hasSecret({ clientSecret }: IdentityProviderInput, before: boolean): boolean {
  return clientSecret === undefined ? before : clientSecret !== '';
}

function refuseChange(field: string, before: string, after: string, why: string): void {
  if (before === after) return;
  const message = `The ${field} cannot change from "${before}": ${why}. Register another identity provider.`;
  throw new InvalidInputError([{ field, message }]);
}
