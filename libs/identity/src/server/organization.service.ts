import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, type RequestContext, type Transaction } from '@tollgate/database';
import { adminRole, checkOrganizationDomain } from '../domain/index.js';
import { Organization } from './identity.entities.js';
import { OrganizationSeeds } from './organization-seeds.js';
import type { OrganizationView } from './organization.reader.js';
import { RoleService } from './role.service.js';
import { UserService, type NewUser } from './user.service.js';

export interface NewOrganization {
  readonly domain: string;
  /** The organization's first administrator. */
  readonly admin: Omit<NewUser, 'roles' | 'active'>;
}

/** Makes tenants. */
@Injectable()
export class OrganizationService {
  constructor(
    private readonly db: Database,
    private readonly roles: RoleService,
    private readonly users: UserService,
    private readonly seeds: OrganizationSeeds,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /**
   * A new organization with its roles, its administrator and what other domains seed, all or nothing.
   * @throws InvalidInputError for a bad domain, name or password, ConflictError when the domain is taken
   */
  async create(ctx: RequestContext, input: NewOrganization): Promise<OrganizationView> {
    checkOrganizationDomain(input.domain);
    return this.db.transaction(ctx, async (tx) => {
      const organization = await this.insert(tx, input.domain);
      const inside: Transaction = { ...tx, organization: input.domain };
      await this.roles.ensureDefaults(inside, input.domain);
      await this.users.create(inside, { ...input.admin, roles: [adminRole] });
      await this.seeds.run(inside, input.domain);
      return organization;
    });
  }

  /** Inserts the row of an organization when it is missing. */
  async ensure(tx: Transaction, domain: string): Promise<void> {
    if (!(await tx.manager.existsBy(Organization, { domain }))) await this.insert(tx, domain);
    await this.roles.ensureDefaults(tx, domain);
  }

  private async insert(tx: Transaction, domain: string): Promise<OrganizationView> {
    const row = {
      uuid: randomUUID(),
      domain,
      active: true,
      createdAt: this.clock.nowMs(),
      selfSignUp: null,
      secondFactorRoles: null,
    };
    try {
      await tx.manager.insert(Organization, row);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new ConflictError('ORGANIZATION_EXISTS', `The domain "${domain}" is taken.`, 'Choose another domain.');
    }
    return tx.manager.findOneByOrFail(Organization, { domain });
  }
}
