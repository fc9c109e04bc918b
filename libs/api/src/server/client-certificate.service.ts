import { Inject, Injectable } from '@nestjs/common';
import { ApimError, InvalidInputError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, type RequestContext } from '@tollgate/database';
import {
  mostClientCertificates,
  readClientCertificate,
  type ApiBody,
  type ClientCertificate,
} from '../domain/index.js';
import { ApiService } from './api.service.js';
import { ApiStore } from './api.store.js';

/**
 * Certificates whose holders may call an API of security `mutualssl`. They are a part of its body, so revisions and copies
 * have them as they were; gateways get them with the next deployment.
 */
@Injectable()
export class ClientCertificateService {
  constructor(
    private readonly db: Database,
    private readonly store: ApiStore,
    private readonly apis: ApiService,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async list(ctx: RequestContext, apiUuid: string): Promise<readonly ClientCertificate[]> {
    return (await this.store.get(ctx, apiUuid)).body.clientCertificates ?? [];
  }

  /** @throws NotFoundError when the API has none of this alias */
  async get(ctx: RequestContext, apiUuid: string, alias: string): Promise<ClientCertificate> {
    const found = (await this.list(ctx, apiUuid)).find((each) => each.alias === alias);
    if (!found) throw new NotFoundError('Client certificate', alias);
    return found;
  }

  /** @throws InvalidInputError; ApimError 409 when alias or certificate is there already */
  add(
    ctx: RequestContext,
    apiUuid: string,
    input: { alias: string; tier: string; pem: string },
  ): Promise<ClientCertificate> {
    const added = readClientCertificate(input.alias, input.tier, input.pem, this.clock.nowMs());
    return this.change(ctx, apiUuid, added, (present) => {
      if (present.some(({ alias, thumbprint }) => alias === added.alias || thumbprint === added.thumbprint))
        throw taken(added.alias);
      return [...present, added];
    });
  }

  /** What is not given stays. @throws NotFoundError, InvalidInputError */
  replace(
    ctx: RequestContext,
    apiUuid: string,
    alias: string,
    input: { tier?: string | undefined; pem?: string | undefined },
  ): Promise<ClientCertificate> {
    return this.db.transaction(ctx, async (tx) => {
      const present = await this.get(tx, apiUuid, alias);
      const { tier = present.tier, pem = present.pem } = input;
      const next = readClientCertificate(alias, tier, pem, this.clock.nowMs());
      return this.change(tx, apiUuid, next, (all) => {
        if (all.some((each) => each.alias !== alias && each.thumbprint === next.thumbprint)) throw taken(alias);
        return all.map((each) => (each.alias === alias ? next : each));
      });
    });
  }

  /** @throws NotFoundError when the API has none of this alias */
  async remove(ctx: RequestContext, apiUuid: string, alias: string): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const gone = await this.get(tx, apiUuid, alias);
      await this.change(tx, apiUuid, gone, (all) => all.filter((each) => each.alias !== alias));
    });
  }

  private change(
    ctx: RequestContext,
    apiUuid: string,
    changed: ClientCertificate,
    next: (present: readonly ClientCertificate[]) => ClientCertificate[],
  ): Promise<ClientCertificate> {
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.lock(tx, apiUuid);
      const clientCertificates = next(api.body.clientCertificates ?? []);
      requireRoom(clientCertificates);
      requireOffered(api.body, clientCertificates.includes(changed) ? changed.tier : null);
      await this.apis.write(tx, api, { ...api.body, clientCertificates }, await this.store.definition(tx, api));
      return changed;
    });
  }
}

function requireRoom(certificates: readonly ClientCertificate[]): void {
  if (certificates.length <= mostClientCertificates) return;
  const message = `An API has at most ${mostClientCertificates} client certificates.`;
  throw new InvalidInputError([{ field: 'certificate', message }]);
}

/** A holder is counted under a plan that the API offers; where it offers none, nobody is. */
function requireOffered({ policies }: ApiBody, tier: string | null): void {
  if (tier === null || policies.includes(tier) || policies.length === 0) return;
  throw new InvalidInputError([{ field: 'tier', message: `One of the plans of this API: ${policies.join(', ')}.` }]);
}

function taken(alias: string): ApimError {
  return new ApimError({
    code: 'CLIENT_CERTIFICATE_TAKEN',
    status: 409,
    message: `This API has a client certificate "${alias}", or the same certificate under another alias.`,
    action: 'Choose another alias, or replace that certificate with PUT.',
  });
}
