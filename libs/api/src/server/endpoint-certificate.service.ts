import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import {
  Database,
  isDuplicateKey,
  managerOf,
  updateVersioned,
  type RequestContext,
  type Transaction,
} from '@tollgate/database';
import { RecordWriter, type RecordKey } from '@tollgate/deployment/server';
import type { EndpointCertificateRecord } from '../contract/index.js';
import { hostOfEndpoint, readCertificate, requireAlias, type Certificate } from '../domain/index.js';
import { EndpointCertificate } from './endpoint-certificate.entity.js';

/** A certificate with what it says. */
export interface EndpointCertificateView extends Certificate {
  readonly alias: string;
  /** As it was given. */
  readonly endpoint: string;
  /** `host`, or `host:port` where that is not 443. */
  readonly host: string;
}

/** Every gateway holds all of them. */
const mostPerOrganization = 1_000;

/** Certificates that gateways trust at back ends of an organization; a change reaches them without a deployment. */
@Injectable()
export class EndpointCertificateService {
  constructor(
    private readonly db: Database,
    private readonly records: RecordWriter,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  list(ctx: RequestContext): Promise<EndpointCertificateView[]> {
    const where = { organization: ctx.organization };
    return managerOf(this.db, ctx).find(EndpointCertificate, { where, order: { alias: 'ASC' } });
  }

  /** @throws NotFoundError */
  async get(ctx: RequestContext, alias: string): Promise<EndpointCertificateView> {
    return this.row(ctx, alias);
  }

  /** @throws InvalidInputError; ConflictError when the alias is taken, or the host has this certificate */
  async add(
    ctx: RequestContext,
    input: { readonly alias: string; readonly endpoint: string; readonly pem: string },
  ): Promise<EndpointCertificateView> {
    requireAlias(input.alias);
    const host = hostOfEndpoint(input.endpoint);
    const nowMs = this.clock.nowMs();
    const certificate = readCertificate(input.pem, nowMs);
    return this.db.transaction(ctx, async (tx) => {
      const present = await this.list(tx);
      if (present.some(({ alias }) => alias === input.alias)) throw taken(input.alias);
      requireNew(present, host, certificate);
      if (present.length >= mostPerOrganization)
        throw new InvalidInputError([
          {
            field: 'certificate',
            message: `An organization has at most ${mostPerOrganization} endpoint certificates.`,
          },
        ]);
      const row = Object.assign(new EndpointCertificate(), certificate, {
        alias: input.alias,
        endpoint: input.endpoint,
        host,
        uuid: randomUUID(),
        organization: ctx.organization,
        rowVersion: 1,
        createdAt: nowMs,
        updatedAt: nowMs,
      });
      await this.insert(tx, row);
      await this.records.put(tx, keyOf(row, 'ENDPOINT_CERTIFICATE_ADD'), recordOf(row));
      return row;
    });
  }

  /** @throws NotFoundError, InvalidInputError; ConflictError when the host has this certificate under another alias */
  async replace(ctx: RequestContext, alias: string, pem: string): Promise<EndpointCertificateView> {
    const nowMs = this.clock.nowMs();
    const certificate = readCertificate(pem, nowMs);
    return this.db.transaction(ctx, async (tx) => {
      const row = await this.row(tx, alias);
      const others = (await this.list(tx)).filter((each) => each.alias !== alias);
      requireNew(others, row.host, certificate);
      const next = await updateVersioned(tx, EndpointCertificate, row, certificate, { nowMs });
      await this.records.put(tx, keyOf(next, 'ENDPOINT_CERTIFICATE_UPDATE'), recordOf(next));
      return next;
    });
  }

  /** @throws NotFoundError */
  async remove(ctx: RequestContext, alias: string): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const row = await this.row(tx, alias);
      await tx.manager.delete(EndpointCertificate, { id: row.id });
      await this.records.remove(tx, keyOf(row, 'ENDPOINT_CERTIFICATE_REMOVE'));
    });
  }

  private async row(ctx: RequestContext, alias: string): Promise<EndpointCertificate> {
    const where = { organization: ctx.organization, alias };
    const found = await managerOf(this.db, ctx).findOneBy(EndpointCertificate, where);
    if (found?.alias !== alias) throw new NotFoundError('Endpoint certificate', alias);
    return found;
  }

  private async insert(tx: Transaction, row: EndpointCertificate): Promise<void> {
    try {
      await tx.manager.save(row);
    } catch (error) {
      throw isDuplicateKey(error) ? taken(row.alias) : error;
    }
  }
}

function recordOf({ uuid, organization, alias, host, pem }: EndpointCertificate): EndpointCertificateRecord {
  return { uuid, organization, alias, host, pem };
}

function keyOf({ uuid, organization }: EndpointCertificate, eventType: string): RecordKey {
  return { kind: 'endpoint-certificate', id: uuid, organization, eventType };
}

function requireNew(present: readonly EndpointCertificateView[], host: string, { thumbprint }: Certificate): void {
  const same = present.find((each) => each.host === host && each.thumbprint === thumbprint);
  if (same === undefined) return;
  throw new ConflictError(
    'ENDPOINT_CERTIFICATE_EXISTS',
    `The endpoint "${host}" has this certificate under the alias "${same.alias}".`,
    'Use that one, or delete it first.',
  );
}

function taken(alias: string): ConflictError {
  return new ConflictError(
    'ENDPOINT_CERTIFICATE_TAKEN',
    `There is an endpoint certificate "${alias}".`,
    'Choose another alias, or replace that certificate with PUT.',
  );
}
