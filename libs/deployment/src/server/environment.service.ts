import { randomUUID } from 'node:crypto';
import {
  ConflictError,
  ApimError,
  InvalidInputError,
  NotFoundError,
  superOrganization,
  type Clock,
} from '@tollgate/base';
import {
  isDuplicateKey,
  updateVersioned,
  type Database,
  type RequestContext,
  type Transaction,
} from '@tollgate/database';
import { Like } from 'typeorm';
import { repeatedHosts, type VirtualHost } from '../domain/index.js';
import { Environment, type EnvironmentDetails } from './environment.entity.js';
import { environmentRecord, environmentRecordKey } from './environment.record.js';
import type { EnvironmentReader } from './environment.reader.js';
import { GatewayRecord } from './hub.entities.js';
import type { RecordWriter } from './record-writer.js';

/** What an administrator says about an environment. */
export interface EnvironmentInput {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly gatewayType: string;
  readonly vhosts: readonly VirtualHost[];
  readonly details: EnvironmentDetails;
}

/** Environments that administrators make. Those of the configuration are shown and refuse every change. */
export class EnvironmentService {
  constructor(
    private readonly db: Database,
    private readonly reader: EnvironmentReader,
    private readonly records: RecordWriter,
    private readonly clock: Clock,
  ) {}

  list(ctx: RequestContext): Promise<Environment[]> {
    return this.reader.all(ctx);
  }

  /** @throws NotFoundError also for one of another organization */
  async get(ctx: RequestContext, uuid: string): Promise<Environment> {
    const found = (await this.reader.all(ctx)).find((row) => row.uuid === uuid);
    if (!found) throw new NotFoundError('Environment', uuid);
    return found;
  }

  /** @throws ConflictError when the name is taken, InvalidInputError when two virtual hosts have one name */
  async create(ctx: RequestContext, input: EnvironmentInput): Promise<Environment> {
    refuseRepeatedHosts(input);
    return this.db.transaction(ctx, async (tx) => {
      const rows = await this.reader.all(tx);
      if (rows.some((row) => row.name === input.name)) throw nameTaken(input.name);
      const nowMs = this.clock.nowMs();
      const row = Object.assign(new Environment(), input, {
        uuid: randomUUID(),
        organization: ctx.organization,
        type: 'hybrid' as const,
        isReadOnly: false,
        rowVersion: 1,
        createdAt: nowMs,
        updatedAt: nowMs,
      });
      await this.insert(tx, row);
      await this.records.put(tx, environmentRecordKey(row, 'ENVIRONMENT_CREATE'), environmentRecord(row));
      return row;
    });
  }

  private async insert(tx: Transaction, row: Environment): Promise<void> {
    try {
      await tx.manager.save(row);
    } catch (error) {
      throw isDuplicateKey(error) ? nameTaken(row.name) : error;
    }
  }

  /** @throws InvalidInputError when the name differs: deployments refer to it */
  async update(
    ctx: RequestContext,
    uuid: string,
    input: EnvironmentInput,
    expectedVersion?: number,
  ): Promise<Environment> {
    refuseRepeatedHosts(input);
    return this.db.transaction(ctx, async (tx) => {
      const row = await this.changeable(tx, uuid);
      if (input.name !== row.name)
        throw new InvalidInputError([
          { field: 'name', message: `The name of an environment cannot change; it is "${row.name}".` },
        ]);
      const next = await updateVersioned(
        tx,
        Environment,
        row,
        { ...input, vhosts: [...input.vhosts] },
        {
          nowMs: this.clock.nowMs(),
          ...(expectedVersion === undefined ? {} : { expectedVersion }),
        },
      );
      await this.records.put(tx, environmentRecordKey(next, 'ENVIRONMENT_UPDATE'), environmentRecord(next));
      return next;
    });
  }

  /** @throws ConflictError while an API is deployed to it */
  async delete(ctx: RequestContext, uuid: string): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const row = await this.changeable(tx, uuid);
      // First: waits for transactions that hold the environment, so that what they deployed is seen by the check below.
      await tx.manager.delete(Environment, { id: row.id });
      await this.records.remove(tx, environmentRecordKey(row, 'ENVIRONMENT_DELETE'));
      const deployed = await deploymentsTo(tx, row);
      if (deployed > 0)
        throw new ConflictError(
          'ENVIRONMENT_IN_USE',
          `Environment "${row.name}" has ${deployed} deployed ${deployed === 1 ? 'API' : 'APIs'}.`,
          'Undeploy them from this environment, then delete it.',
        );
    });
  }

  private async changeable(tx: Transaction, uuid: string): Promise<Environment> {
    const row = await this.get(tx, uuid);
    if (row.isReadOnly)
      throw new ApimError({
        code: 'ENVIRONMENT_READ_ONLY',
        status: 400, // the contract has no 403 here
        message: `Environment "${row.name}" comes from the configuration.`,
        action: 'Change [[apim.gateway.environment]] in deployment.toml and start again.',
      });
    return row;
  }
}

/**
 * Deployments are records whose id ends with the environment's name. One of the super organization may have been in the
 * configuration once and then served every organization that has none of this name itself.
 */
async function deploymentsTo(tx: Transaction, environment: Environment): Promise<number> {
  const suffix = `:${environment.name}`;
  const rows = await tx.manager.find(GatewayRecord, {
    select: { kind: true, id: true, organization: true },
    where: { kind: 'deployment', id: Like(`%${suffix}`) },
  });
  const own = await tx.manager.findBy(Environment, { name: environment.name });
  const others = new Set(own.map((row) => row.organization)); // without the one that is being deleted
  const served = (organization: string): boolean =>
    organization === environment.organization ||
    (environment.organization === superOrganization && !others.has(organization));
  return rows.filter((row) => row.id.endsWith(suffix) && served(row.organization)).length; // `_` in LIKE matches more
}

function refuseRepeatedHosts(input: EnvironmentInput): void {
  const repeated = repeatedHosts(input.vhosts);
  if (repeated.length > 0)
    throw new InvalidInputError([
      { field: 'vhosts', message: `The host ${repeated.join(', ')} is given more than once.` },
    ]);
}

function nameTaken(name: string): ConflictError {
  return new ConflictError('ENVIRONMENT_EXISTS', `An environment has the name "${name}".`, 'Choose another name.');
}
