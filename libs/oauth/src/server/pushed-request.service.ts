import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database } from '@tollgate/database';
import { LessThanOrEqual } from 'typeorm';
import { PushedRequest } from './device.entities.js';

const prefix = 'urn:ietf:params:oauth:request_uri:';
const purpose = 'pushed-request';
const lifetimeSeconds = 90;

/** Authorization requests sent ahead (RFC 9126): each `request_uri` is good for one visit. */
@Injectable()
export class PushedRequests {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async keep(
    consumerKey: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<{ requestUri: string; expiresInSeconds: number }> {
    const name = randomBytes(32).toString('base64url');
    const expiresAt = this.clock.nowMs() + lifetimeSeconds * 1000;
    const uriDigest = this.box.digest(name, purpose);
    await this.db.manager.insert(PushedRequest, { uriDigest, consumerKey, parameters: { ...parameters }, expiresAt });
    return { requestUri: prefix + name, expiresInSeconds: lifetimeSeconds };
  }

  /** What this client pushed, once; null when it is none of its, over, or taken. */
  async take(consumerKey: string, requestUri: string): Promise<Readonly<Record<string, string>> | null> {
    if (!requestUri.startsWith(prefix)) return null;
    const uriDigest = this.box.digest(requestUri.slice(prefix.length), purpose);
    const found = await this.db.manager.findOneBy(PushedRequest, { uriDigest, consumerKey });
    if (!found || found.consumerKey !== consumerKey || found.expiresAt <= this.clock.nowMs()) return null;
    const taken = await this.db.manager.delete(PushedRequest, { id: found.id });
    return taken.affected === 1 ? found.parameters : null;
  }

  async removeExpired(nowMs: number): Promise<number> {
    return (await this.db.manager.delete(PushedRequest, { expiresAt: LessThanOrEqual(nowMs) })).affected ?? 0;
  }
}
