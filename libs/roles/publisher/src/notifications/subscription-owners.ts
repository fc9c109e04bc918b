import { Injectable } from '@nestjs/common';
import { ApiCatalogReader } from '@tollgate/api/server';
import { SubscriptionReader } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { UserReader } from '@tollgate/identity/server';
import type { EarlierVersionSubscribers, PublishedVersion, Recipient } from './new-version-notification.js';

const pageSize = 500;

/** Finds the owners of applications that are subscribed to another version of an API. */
@Injectable()
export class SubscriptionOwners implements EarlierVersionSubscribers {
  constructor(
    private readonly catalog: ApiCatalogReader,
    private readonly subscriptions: SubscriptionReader,
    private readonly users: UserReader,
  ) {}

  async ownersSubscribedToEarlierVersions(
    ctx: RequestContext,
    published: PublishedVersion,
  ): Promise<readonly Recipient[]> {
    // Who publishes may not see every version; those who subscribed to them hear of it all the same.
    const system = { ...ctx, principal: null };
    const owners = new Set<string>();
    for (const apiUuid of await this.otherVersions(system, published))
      for (const owner of await this.ownersOf(system, apiUuid)) owners.add(owner);
    const found = await Promise.all([...owners].map((owner) => this.users.find(published.organization, owner, ctx)));
    return found.flatMap((user) => (user?.active ? [{ userName: user.userName, email: user.email || null }] : []));
  }

  private async otherVersions(ctx: RequestContext, published: PublishedVersion): Promise<string[]> {
    const page = await this.catalog.list(ctx, { limit: 1000, offset: 0, search: `name:"${published.apiName}"` });
    return page.list.filter((api) => api.version !== published.version).map((api) => api.uuid);
  }

  private async ownersOf(ctx: RequestContext, apiUuid: string): Promise<string[]> {
    const owners: string[] = [];
    for (let offset = 0; ; offset += pageSize) {
      const { rows, total } = await this.subscriptions.list(ctx, { apiUuid, limit: pageSize, offset });
      owners.push(...rows.map((row) => row.application.owner));
      if (offset + pageSize >= total) return owners;
    }
  }
}
