import { randomUUID } from 'node:crypto';
import { superOrganization, type Clock } from '@tollgate/base';
import { updateVersioned, type Transaction } from '@tollgate/database';
import type { EnvironmentType, VirtualHost } from '../domain/index.js';
import { Environment } from './environment.entity.js';
import { environmentRecord, environmentRecordKey } from './environment.record.js';
import type { RecordWriter } from './record-writer.js';

/** One `[[apim.gateway.environment]]` as plain values. */
export interface ConfiguredEnvironment {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly type: EnvironmentType;
  readonly gatewayType: string;
  readonly provider: string;
  readonly serviceUrl: string;
  readonly showInApiConsole: boolean;
  readonly vhosts: readonly VirtualHost[];
}

/**
 * Makes the read-only environments equal to the configuration. One that is no longer configured is kept, because APIs
 * may be deployed to it: it becomes an ordinary one of the super organization, which an administrator can delete.
 */
export async function seedEnvironments(
  tx: Transaction,
  configured: readonly ConfiguredEnvironment[],
  parts: { records: RecordWriter; clock: Clock },
): Promise<void> {
  const stored = await tx.manager.findBy(Environment, { organization: superOrganization });
  for (const environment of configured)
    await put(
      tx,
      environment,
      stored.find((row) => row.name === environment.name),
      parts,
    );
  for (const row of stored)
    if (row.isReadOnly && !configured.some((environment) => environment.name === row.name))
      await release(tx, row, parts);
}

async function put(
  tx: Transaction,
  configured: ConfiguredEnvironment,
  stored: Environment | undefined,
  parts: { records: RecordWriter; clock: Clock },
): Promise<void> {
  const wanted = columnsOf(configured);
  if (stored && Object.entries(wanted).every(([name, value]) => isSame(stored[name as keyof Environment], value)))
    return;
  const nowMs = parts.clock.nowMs();
  const row = stored
    ? await updateVersioned(tx, Environment, stored, wanted, { nowMs })
    : await tx.manager.save(
        Object.assign(new Environment(), wanted, {
          uuid: randomUUID(),
          organization: superOrganization,
          rowVersion: 1,
          createdAt: nowMs,
          updatedAt: nowMs,
        }),
      );
  await parts.records.put(tx, environmentRecordKey(row, 'ENVIRONMENT_UPDATE'), environmentRecord(row));
}

async function release(
  tx: Transaction,
  row: Environment,
  parts: { records: RecordWriter; clock: Clock },
): Promise<void> {
  await parts.records.remove(tx, environmentRecordKey(row, 'ENVIRONMENT_DELETE'));
  const released = await updateVersioned(tx, Environment, row, { isReadOnly: false }, { nowMs: parts.clock.nowMs() });
  await parts.records.put(tx, environmentRecordKey(released, 'ENVIRONMENT_UPDATE'), environmentRecord(released));
}

function columnsOf(configured: ConfiguredEnvironment): Partial<Environment> {
  const { name, displayName, description, type, gatewayType } = configured;
  return {
    name,
    displayName,
    description,
    type,
    gatewayType,
    isReadOnly: true,
    vhosts: [...configured.vhosts],
    details: {
      provider: configured.provider,
      serviceUrl: configured.serviceUrl,
      showInApiConsole: configured.showInApiConsole,
      endpointURIs: [],
      additionalProperties: [],
      permissions: { permissionType: 'PUBLIC', roles: [] },
      apiDiscoveryScheduledWindowMinutes: 60,
    },
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
