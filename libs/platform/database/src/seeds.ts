import { superOrganization } from '@tollgate/base';
import type { Database } from './database.js';
import { systemContext, type Transaction } from './request-context.js';

interface Seed {
  readonly order: number;
  readonly name: string;
  readonly run: (tx: Transaction) => Promise<void>;
}

/**
 * What a fresh database must hold before anything is served. Modules register in `onModuleInit`; the launcher runs all
 * seeds in one transaction after the migrations, under the schema lock. A seed only adds what is missing.
 */
export class SeedRegistry {
  private readonly seeds: Seed[] = [];

  /** @param order lower runs first: 10 organizations, 20 users and roles, 30 policies and environments, 40 keys */
  register(order: number, name: string, run: (tx: Transaction) => Promise<void>): void {
    this.seeds.push({ order, name, run });
  }

  async runAll(db: Database): Promise<void> {
    const sorted = this.seeds.toSorted((a, b) => a.order - b.order);
    await db.transaction(systemContext(superOrganization, 'seed'), async (tx) => {
      for (const seed of sorted) await seed.run(tx);
    });
  }
}
