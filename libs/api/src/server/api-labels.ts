import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/database';
import { In } from 'typeorm';
import type { ApiBody } from '../domain/index.js';
import { ApiLabel, type LabelKind } from './api-parts.entity.js';
import { ApiDeployment, ApiRevision } from './revision.entity.js';

type Labels = Partial<Record<LabelKind, readonly string[]>>;

/** Keeps the words up to date that queries about APIs ask for. */
@Injectable()
export class ApiLabels {
  /** Of the working copy. */
  async writeWorkingCopy(tx: Transaction, apiId: number, body: ApiBody): Promise<void> {
    await this.replace(tx, apiId, {
      tag: body.tags,
      'visible-role': body.visibility === 'RESTRICTED' ? body.visibleRoles : [],
      'access-role': body.accessControl === 'RESTRICTED' ? body.accessControlRoles : [],
      'subscription-policy': body.policies,
      'advanced-policy': advancedPolicies(body),
    });
  }

  /** Of every revision that is deployed: gateways still need the policies that they name. */
  async writeDeployed(tx: Transaction, apiId: number): Promise<void> {
    const deployments = await tx.manager.findBy(ApiDeployment, { apiId });
    const revisions = await tx.manager.findBy(ApiRevision, { id: In(deployments.map((row) => row.revisionId)) });
    await this.replace(tx, apiId, {
      'live-subscription': revisions.flatMap((revision) => revision.body.policies),
      'live-advanced': revisions.flatMap((revision) => advancedPolicies(revision.body)),
    });
  }

  private async replace(tx: Transaction, apiId: number, labels: Labels): Promise<void> {
    await tx.manager.delete(ApiLabel, { apiId, kind: In(Object.keys(labels)) });
    const rows = (Object.entries(labels) as [LabelKind, readonly string[]][]).flatMap(([kind, values]) =>
      [...new Set(values)].map((value) => ({ apiId, kind, value })),
    );
    if (rows.length > 0) await tx.manager.insert(ApiLabel, rows);
  }
}

function advancedPolicies(body: ApiBody): string[] {
  const ofApi = body.apiThrottlingPolicy ? [body.apiThrottlingPolicy] : [];
  return [...ofApi, ...body.operations.map((operation) => operation.throttlingPolicy)];
}
