import { Inject, Injectable } from '@nestjs/common';
import {
  ApimError,
  InvalidInputError,
  superOrganization,
  tollgateClock,
  tollgateLogger,
  type Clock,
  type Logger,
} from '@tollgate/base';
import { Database, systemContext } from '@tollgate/database';
import { Not } from 'typeorm';
import { PublicKeysError, readJwks, readPem, type ForeignJwk, type KeyManagerSettings } from '../domain/index.js';
import { KeyManagerCaller } from './key-manager.caller.js';
import { KeyManager } from './key-manager.entity.js';
import { KeyManagerRecords } from './key-manager-records.js';

/** Keys that could not be read again for so long are no longer believed: nobody knows whether they were withdrawn. */
const maxAgeMs = 24 * 3_600_000;

/**
 * Public keys of external key managers. They are read here, by one process of the installation on a schedule, and reach
 * gateways as records: no token, whatever its `kid`, makes anybody ask (requirements ).
 */
@Injectable()
export class KeyManagerKeys {
  constructor(
    private readonly db: Database,
    private readonly caller: KeyManagerCaller,
    private readonly records: KeyManagerRecords,
    @Inject(tollgateClock) private readonly clock: Clock,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  /** @throws InvalidInputError or ApimError 400 naming `certificates` when there are none that can be used */
  async read({ certificates }: KeyManagerSettings): Promise<ForeignJwk[]> {
    const field = 'certificates.value';
    try {
      if (certificates.type === 'PEM') return readPem(certificates.value);
      const { status, text } = await this.caller.call(certificates.value, field);
      if (status !== 200) throw new PublicKeysError(`It answered with status ${status}.`);
      return readJwks(text);
    } catch (error) {
      if (error instanceof PublicKeysError) throw new InvalidInputError([{ field, message: error.message }]);
      throw error;
    }
  }

  /** Reads the keys of every external key manager again. What cannot be used replaces nothing. @returns how many changed */
  async refreshAll(): Promise<number> {
    const rows = await this.db.manager.findBy(KeyManager, { enabled: true, type: Not('default') });
    let changed = 0;
    for (const row of rows) if (row.settings.certificates.type === 'JWKS' && (await this.refresh(row))) changed++;
    return changed;
  }

  private async refresh(row: KeyManager): Promise<boolean> {
    const nowMs = this.clock.nowMs();
    let keys: ForeignJwk[];
    try {
      keys = await this.read(row.settings);
    } catch (error) {
      if (!(error instanceof ApimError)) throw error;
      return this.keep(row, reasonOf(error), nowMs);
    }
    if (row.keysProblem !== null)
      this.log.info(
        { event: 'key_manager.keys_back', keyManager: row.name, organization: row.organization },
        'Its keys can be read again',
      );
    return this.store(row, { keys, keysReadAt: nowMs, keysProblem: null });
  }

  /** The last good ones go on, until they are too old. */
  private async keep(row: KeyManager, problem: string, nowMs: number): Promise<boolean> {
    const isStale = nowMs - row.keysReadAt > maxAgeMs;
    const fields = {
      event: 'key_manager.keys_unreadable',
      keyManager: row.name,
      organization: row.organization,
      problem,
      isStale,
    };
    this.log.warn(
      fields,
      isStale
        ? 'Its keys were not read for a day: its tokens are refused'
        : 'Its keys were not read; the last ones go on',
    );
    return this.store(row, {
      keys: isStale ? [] : (row.keys as ForeignJwk[]),
      keysReadAt: row.keysReadAt,
      keysProblem: problem,
    });
  }

  private async store(
    row: KeyManager,
    read: { keys: ForeignJwk[]; keysReadAt: number; keysProblem: string | null },
  ): Promise<boolean> {
    const { organization, id, settings } = row;
    return this.db.transaction(systemContext(organization ?? superOrganization, 'job'), async (tx) => {
      const current = await tx.manager.findOneBy(KeyManager, { id });
      // An administrator may have given another address meanwhile.
      if (!current || JSON.stringify(current.settings.certificates) !== JSON.stringify(settings.certificates))
        return false;
      await tx.manager.update(KeyManager, { id }, read as never);
      await this.records.put(tx, Object.assign(current, read));
      return JSON.stringify(row.keys) !== JSON.stringify(read.keys);
    });
  }
}

function reasonOf(error: ApimError): string {
  return (error.fields[0]?.message ?? error.message).slice(0, 250);
}
