import { createLogger, systemClock } from '@tollgate/base';
import { connect, createDataSource, Database, type DatabaseAddress } from '@tollgate/database';
import { defaultBackoff } from './backoff.js';
import { DatabaseJobQueue } from './database-job-queue.js';
import { JobClaims } from './job-claims.js';
import { contractSettings, type JobQueueRig } from './job-queue-contract.js';
import { jobEntities } from './job.entity.js';

export const quiet = createLogger({ level: 'silent', node: 'spec' });

export async function openJobDatabase(address: DatabaseAddress): Promise<Database> {
  const dataSource = await connect(
    createDataSource(address, { entities: jobEntities, migrations: { sqlite: [], mysql: [] } }),
    address,
  );
  await dataSource.synchronize();
  return new Database(dataSource, quiet);
}

/** The adapter that keeps jobs in the database, for the contract suite. */
export async function databaseRig(
  address: DatabaseAddress,
  drop: () => Promise<void> = async () => undefined,
): Promise<JobQueueRig> {
  const db = await openJobDatabase(address);
  return {
    db,
    process: () => new DatabaseJobQueue(db, { ...contractSettings, clock: systemClock, log: quiet }),
    async takeAndDie(kind) {
      const claims = await new JobClaims(db, contractSettings.lockMs, defaultBackoff).claim([kind], 1, Date.now());
      if (claims.length !== 1) throw new Error('There was nothing to take');
    },
    async close() {
      await db.dataSource.destroy();
      await drop();
    },
  };
}
