import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, type Transaction } from '@tollgate/database';
import { LessThanOrEqual } from 'typeorm';
import { newUserCode, readUserCode, type GrantContext } from '../domain/index.js';
import { DeviceGrant } from './device.entities.js';

export type DeviceGrantView = Readonly<Omit<DeviceGrant, 'deviceCodeDigest' | 'userCodeDigest'>>;

export interface StartedDeviceGrant {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

const lifetimeSeconds = 600;
const firstIntervalSeconds = 5;
/** What `slow_down` adds (RFC 8628 section 3.5). */
const slowDownSeconds = 5;

/** Devices that wait for a person who signs in elsewhere (RFC 8628). */
@Injectable()
export class DeviceGrants {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async start(input: {
    consumerKey: string;
    tenant: string | null;
    scopes: readonly string[];
  }): Promise<StartedDeviceGrant> {
    const deviceCode = randomBytes(32).toString('base64url');
    const userCode = newUserCode();
    await this.db.manager.insert(DeviceGrant, {
      uuid: randomUUID(),
      deviceCodeDigest: this.box.digest(deviceCode, 'device-code'),
      userCodeDigest: this.userCodeDigest(userCode.replace('-', '')),
      consumerKey: input.consumerKey,
      tenant: input.tenant,
      scopes: [...input.scopes],
      state: 'waiting',
      organization: null,
      userName: null,
      context: null,
      intervalSeconds: firstIntervalSeconds,
      polledAt: 0,
      expiresAt: this.clock.nowMs() + lifetimeSeconds * 1000,
    });
    return { deviceCode, userCode, expiresInSeconds: lifetimeSeconds, intervalSeconds: firstIntervalSeconds };
  }

  async findByDeviceCode(deviceCode: string): Promise<DeviceGrantView | null> {
    return this.db.manager.findOneBy(DeviceGrant, { deviceCodeDigest: this.box.digest(deviceCode, 'device-code') });
  }

  /** One that waits for a person; null for a code that is wrong, over, or answered already. */
  async findWaiting(typed: string): Promise<DeviceGrantView | null> {
    const code = readUserCode(typed);
    if (code === null) return null;
    return this.asWaiting(await this.db.manager.findOneBy(DeviceGrant, { userCodeDigest: this.userCodeDigest(code) }));
  }

  async getWaiting(uuid: string): Promise<DeviceGrantView | null> {
    return this.asWaiting(await this.db.manager.findOneBy(DeviceGrant, { uuid }));
  }

  isOver(grant: DeviceGrantView): boolean {
    return grant.expiresAt <= this.clock.nowMs();
  }

  /** Notes a poll. @returns false when it came too early; the device must then wait longer */
  async poll(grant: DeviceGrantView): Promise<boolean> {
    const nowMs = this.clock.nowMs();
    const tooEarly = nowMs - grant.polledAt < grant.intervalSeconds * 1000 - 500; // timers of devices are not exact
    const intervalSeconds = grant.intervalSeconds + (tooEarly ? slowDownSeconds : 0);
    await this.db.manager.update(DeviceGrant, { id: grant.id }, { polledAt: nowMs, intervalSeconds });
    return !tooEarly;
  }

  /** The person's answer. Of any number of callers one gets true. */
  async answer(
    tx: Transaction,
    uuid: string,
    answer:
      | {
          allowed: true;
          user: { organization: string; userName: string };
          scopes: readonly string[];
          context: GrantContext;
        }
      | { allowed: false },
  ): Promise<boolean> {
    const columns = answer.allowed
      ? { state: 'allowed', ...answer.user, scopes: [...answer.scopes], context: answer.context }
      : { state: 'denied' };
    const result = await tx.manager.update(DeviceGrant, { uuid, state: 'waiting' }, columns as never);
    return result.affected === 1;
  }

  /** Spends the device code. Of any number of callers one gets true. */
  async spend(tx: Transaction, grant: DeviceGrantView): Promise<boolean> {
    const result = await tx.manager.update(DeviceGrant, { id: grant.id, state: 'allowed' }, { state: 'used' });
    return result.affected === 1;
  }

  async removeExpired(nowMs: number): Promise<number> {
    return (await this.db.manager.delete(DeviceGrant, { expiresAt: LessThanOrEqual(nowMs) })).affected ?? 0;
  }

  private asWaiting(grant: DeviceGrant | null): DeviceGrantView | null {
    return grant?.state === 'waiting' && !this.isOver(grant) ? grant : null;
  }

  private userCodeDigest(code: string): string {
    return this.box.digest(code, 'user-code');
  }
}
