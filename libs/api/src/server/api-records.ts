import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import type { DeploymentRecord } from '../contract/index.js';
import { planApi, type ApiFacts } from '../domain/index.js';
import type { Api } from './api.entity.js';
import { ApiDeployment } from './revision.entity.js';

/** What gateways hold of APIs and deployments. Always called inside the transaction of the change itself. */
@Injectable()
export class ApiRecords {
  constructor(private readonly records: RecordWriter) {}

  /** Brings the record of an API up to date; an API without deployments has none. */
  async refreshApi(tx: Transaction, api: Api, eventType: string): Promise<void> {
    const key = { kind: 'api' as const, id: api.uuid, organization: api.organization, eventType };
    const deployed = await tx.manager.existsBy(ApiDeployment, { apiId: api.id });
    if (deployed) await this.records.put(tx, key, planApi(factsOf(api)));
    else await this.records.remove(tx, key);
  }

  async putDeployment(tx: Transaction, api: Api, record: DeploymentRecord): Promise<void> {
    await this.records.put(tx, deploymentKey(api, record.environment, 'DEPLOY_API_IN_GATEWAY'), record);
  }

  async removeDeployment(tx: Transaction, api: Api, environment: string): Promise<void> {
    await this.records.remove(tx, deploymentKey(api, environment, 'REMOVE_API_FROM_GATEWAY'));
  }
}

function factsOf(api: Api): ApiFacts {
  const { id, uuid, name, provider, context, version, state, organization } = api;
  return { id, uuid, name, provider, context, version, state, organization, isDefaultVersion: api.defaultOf !== null };
}

function deploymentKey(api: Api, environment: string, eventType: string) {
  return { kind: 'deployment' as const, id: `${api.uuid}:${environment}`, organization: api.organization, eventType };
}
