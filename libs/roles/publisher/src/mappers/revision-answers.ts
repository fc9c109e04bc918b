import { Injectable } from '@nestjs/common';
import type { DeploymentView, RevisionView } from '@tollgate/api/server';
import { GatewayRegistry } from '@tollgate/deployment/server';
import type { DeploymentAnswer, RevisionAnswer } from '../schemas/revision.js';

/** What the gateways said of one API. */
type Reports = readonly {
  readonly environmentLabels: readonly string[];
  readonly revisionId: string;
  readonly action: string;
  readonly status: string;
  readonly at: number;
}[];
interface GatewayFacts {
  readonly liveEnvironments: readonly (readonly string[])[];
  readonly reports: Reports;
}

/** Revisions and deployments with what each gateway serves by its own word. */
@Injectable()
export class RevisionAnswers {
  constructor(private readonly gateways: GatewayRegistry) {}

  async revisions(apiUuid: string, views: readonly RevisionView[]): Promise<RevisionAnswer[]> {
    const facts = await this.factsOf(apiUuid);
    return views.map(({ api, revision, deployments }) => ({
      id: revision.uuid,
      displayName: `Revision ${revision.number}`,
      description: revision.description,
      createdTime: new Date(revision.createdAt).toISOString(),
      apiInfo: { id: api.uuid },
      deploymentInfo: deployments.map((deployment) =>
        deploymentAnswer({ deployment, revisionUuid: revision.uuid, status: 'APPROVED' }, facts),
      ),
    }));
  }

  async deployments(apiUuid: string, views: readonly DeploymentView[]): Promise<DeploymentAnswer[]> {
    const facts = await this.factsOf(apiUuid);
    return views.map((view) => deploymentAnswer(view, facts));
  }

  private async factsOf(apiUuid: string): Promise<GatewayFacts> {
    const live = (await this.gateways.list()).filter((gateway) => gateway.alive);
    const reports = (await this.gateways.deploymentsOf([apiUuid])).get(apiUuid)?.gateways ?? [];
    return { liveEnvironments: live.map((gateway) => gateway.environmentLabels), reports };
  }
}

function deploymentAnswer({ deployment, revisionUuid, status }: DeploymentView, facts: GatewayFacts): DeploymentAnswer {
  const { environment, vhost, displayOnDevportal, createdAt } = deployment;
  const here = facts.reports.filter(
    (report) => report.revisionId === revisionUuid && report.environmentLabels.includes(environment),
  );
  const deployed = here.filter((report) => report.action === 'DEPLOY' && report.status === 'SUCCESS');
  const lastSuccess = Math.max(...deployed.map((report) => report.at));
  return {
    revisionUuid,
    name: environment,
    status,
    vhost,
    displayOnDevportal,
    deployedTime: new Date(createdAt).toISOString(),
    ...(deployed.length > 0 ? { successDeployedTime: new Date(lastSuccess).toISOString() } : {}),
    liveGatewayCount: facts.liveEnvironments.filter((labels) => labels.includes(environment)).length,
    deployedGatewayCount: deployed.length,
    failedGatewayCount: here.filter((report) => report.status === 'FAILURE').length,
  };
}
