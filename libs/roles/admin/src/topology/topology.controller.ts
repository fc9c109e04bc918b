import { Controller } from '@nestjs/common';
import { ForbiddenError, superOrganization } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { HubReader, NodeRegistry } from '@tollgate/deployment/server';
import { Ctx, Operation } from '@tollgate/http';
import { adminPaths } from '../surface.js';
import {
  policyNodesAnswer,
  topologyAnswer,
  toPolicyNodesAnswer,
  toTopologyAnswer,
  type TopologyAnswer,
} from './topology-answer.js';

const scopes = ['apim:admin'];

/** What the nodes of the installation say of themselves: connections, lag, drift, and which policy is live where. */
@Controller(adminPaths('/topology'))
export class TopologyController {
  constructor(
    private readonly hub: HubReader,
    private readonly nodes: NodeRegistry,
  ) {}

  @Operation({
    method: 'GET',
    path: '/',
    scopes,
    summary: 'Nodes, their connections, lag and drift, as each node sees them',
    answer: topologyAnswer,
  })
  async topology(@Ctx() ctx: RequestContext): Promise<TopologyAnswer> {
    if (ctx.organization !== superOrganization) {
      throw new ForbiddenError(
        'TOPOLOGY_OF_ALL',
        'The topology belongs to the whole installation.',
        `Ask as an administrator of ${superOrganization}.`,
      );
    }
    const [state, nodes] = await Promise.all([this.hub.state(), this.nodes.list()]);
    return toTopologyAnswer(state, nodes);
  }

  @Operation({
    method: 'GET',
    path: '/policies',
    scopes,
    summary: 'Which node has which policy and deny condition of the organization live, in its present version',
    answer: policyNodesAnswer,
  })
  async policies(@Ctx() ctx: RequestContext): Promise<object> {
    return toPolicyNodesAnswer(await this.nodes.policies(ctx.organization));
  }
}
