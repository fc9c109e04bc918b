import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/database';

type Seed = (tx: Transaction, organization: string) => Promise<void>;

/**
 * What every organization must hold: default policies, keys and the like. Run when an organization is made, and for each
 * existing one at start, so a seed only adds what is missing. Register in `onModuleInit`.
 */
@Injectable()
export class OrganizationSeeds {
  private readonly seeds: Seed[] = [];

  register(seed: Seed): void {
    this.seeds.push(seed);
  }

  async run(tx: Transaction, organization: string): Promise<void> {
    const inside: Transaction = { ...tx, organization };
    for (const seed of this.seeds) await seed(inside, organization);
  }
}
