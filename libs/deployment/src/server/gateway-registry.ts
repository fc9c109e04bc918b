import type { Clock } from '@tollgate/base';
import type { Database } from '@tollgate/database';
import { In, LessThan, MoreThanOrEqual } from 'typeorm';
import type { DeploymentAcknowledgement, GatewayNotification } from '../contract/index.js';
import { DeploymentAcknowledgementRow, GatewayInstance } from './gateway.entities.js';

/** A gateway that has not beaten for this long is not counted as live. */
export const gatewayAliveMs = 30_000;

export interface GatewayView {
  readonly gatewayId: string;
  readonly environmentLabels: readonly string[];
  /** Milliseconds since the epoch. */
  readonly lastSeenAt: number;
  readonly alive: boolean;
  readonly stale: boolean;
  readonly seq: number;
}

export interface GatewayDeployment {
  readonly gatewayId: string;
  readonly environmentLabels: readonly string[];
  readonly revisionId: string;
  /** `UNDEPLOY` with `SUCCESS`: it does not serve the API any more. */
  readonly action: 'DEPLOY' | 'UNDEPLOY';
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly errorMessage: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface ApiDeploymentView {
  /** Live gateways that serve the API. */
  readonly live: number;
  readonly failed: number;
  readonly gateways: readonly GatewayDeployment[];
}

/** Which gateways are alive and what each of them serves, from their own words. */
export class GatewayRegistry {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * A gateway that registers has just started and acknowledges everything it serves after this, so what it said in a
   * former life is dropped: a deployment that was undeployed while it was down has nobody who would take it back.
   * @returns whether the gateway was new
   */
  async notify(notification: GatewayNotification): Promise<boolean> {
    const { gatewayId, environmentLabels, seq, digest, stale } = notification;
    const now = this.clock.nowMs();
    if (notification.payloadType === 'REGISTER')
      await this.db.manager.delete(DeploymentAcknowledgementRow, { gatewayId });
    const heard = { environmentLabels, lastSeenAt: now, seq, digest: digest.slice(0, 64), stale };
    const updated = await this.db.manager.update(GatewayInstance, { gatewayId }, heard);
    if (updated.affected === 1) return false;
    await this.db.manager.upsert(GatewayInstance, { gatewayId, registeredAt: now, ...heard }, ['gatewayId']);
    return true;
  }

  async acknowledge(acknowledgements: readonly DeploymentAcknowledgement[]): Promise<void> {
    const now = this.clock.nowMs();
    const latest = new Map(acknowledgements.map((line) => [`${line.gatewayId}\0${line.apiId}`, line]));
    const rows = [...latest.values()].map((line) => ({
      gatewayId: line.gatewayId,
      apiId: line.apiId,
      revisionId: line.revisionId,
      action: line.action,
      status: line.deploymentStatus,
      errorCode: line.errorCode ?? null,
      errorMessage: line.errorMessage ?? null,
      at: now,
    }));
    for (let i = 0; i < rows.length; i += 100) {
      await this.db.manager.upsert(DeploymentAcknowledgementRow, rows.slice(i, i + 100), ['gatewayId', 'apiId']);
    }
  }

  async list(): Promise<GatewayView[]> {
    const aliveSince = this.clock.nowMs() - gatewayAliveMs;
    const rows = await this.db.manager.find(GatewayInstance, { order: { gatewayId: 'ASC' } });
    return rows.map(({ gatewayId, environmentLabels, lastSeenAt, stale, seq }) => {
      return { gatewayId, environmentLabels, lastSeenAt, alive: lastSeenAt >= aliveSince, stale, seq };
    });
  }

  /** How many gateways share quotas now. */
  countLive(): Promise<number> {
    const lastSeenAt = MoreThanOrEqual(this.clock.nowMs() - gatewayAliveMs);
    return this.db.manager.countBy(GatewayInstance, { lastSeenAt });
  }

  /** Per API, over the gateways that are alive. APIs nobody spoke of have an entry with zeros. */
  async deploymentsOf(apiIds: readonly string[]): Promise<Map<string, ApiDeploymentView>> {
    const alive = new Map(
      (await this.list()).filter((gateway) => gateway.alive).map((gateway) => [gateway.gatewayId, gateway]),
    );
    const rows = await this.db.manager.find(DeploymentAcknowledgementRow, {
      where: { apiId: In([...apiIds]) },
      order: { gatewayId: 'ASC' },
    });
    return new Map(
      apiIds.map((apiId) => {
        const gateways = rows.flatMap((row) =>
          row.apiId === apiId ? toDeployment(row, alive.get(row.gatewayId)) : [],
        );
        const live = gateways.filter((g) => g.action === 'DEPLOY' && g.status === 'SUCCESS').length;
        return [apiId, { live, failed: gateways.filter((g) => g.status === 'FAILURE').length, gateways }];
      }),
    );
  }

  /** Forgets gateways that have not beaten for `olderThanMs`, and what they said. For a job. @returns how many */
  async retireSilentGateways(olderThanMs: number): Promise<number> {
    const lastSeenAt = LessThan(this.clock.nowMs() - olderThanMs);
    const silent = await this.db.manager.find(GatewayInstance, { where: { lastSeenAt }, select: { gatewayId: true } });
    if (silent.length === 0) return 0;
    const gatewayId = In(silent.map((gateway) => gateway.gatewayId));
    const retired = await this.db.manager.delete(GatewayInstance, { gatewayId, lastSeenAt }); // not one that beat meanwhile
    await this.db.manager.query(
      'DELETE FROM deployment_acknowledgement WHERE gatewayId NOT IN (SELECT gatewayId FROM gateway_instance)',
    );
    return retired.affected ?? 0;
  }
}

function toDeployment(row: DeploymentAcknowledgementRow, gateway: GatewayView | undefined): GatewayDeployment[] {
  if (!gateway) return [];
  const { gatewayId, revisionId, action, status, at } = row;
  const { environmentLabels } = gateway;
  return [{ gatewayId, environmentLabels, revisionId, action, status, errorMessage: row.errorMessage ?? '', at }];
}
