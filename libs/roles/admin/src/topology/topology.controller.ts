import { Controller } from '@nestjs/common';
import { ForbiddenError, superOrganization } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { HubReader, NodeRegistry, type NodeView } from '@tollgate/deployment/server';
import { Ctx, Operation } from '@tollgate/http';
import { adminPaths } from '../surface.js';
import { subjectOf } from './record-subject.js';
import {
  policyNodesAnswer,
  topologyAnswer,
  toPolicyNodesAnswer,
  toTopologyAnswer,
  type TopologyAnswer,
} from './topology-answer.js';

const scopes = ['apim:admin'];
const namedKinds = ['throttle-policy', 'deny-condition', 'custom-rule'] as const;

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
    return toTopologyAnswer(state, nodes, await this.namesOf(nodes));
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

  /** Names of the policies, rules and denials that nodes could not put to use; other records keep their ids. */
  private async namesOf(nodes: readonly NodeView[]): Promise<(record: string) => string> {
    const rejected = new Set(nodes.flatMap(({ report }) => report.rejected));
    const kinds = namedKinds.filter((kind) => [...rejected].some((record) => record.startsWith(`${kind} `)));
    const records = (await Promise.all(kinds.map((kind) => this.hub.recordsOf(kind)))).flat();
    const names = new Map<string, string>();
    for (const { kind, id, value } of records) {
      const record = `${kind} ${id}`;
      if (value !== null && rejected.has(record))
        names.set(record, `${kind} ${subjectOf(kind, JSON.parse(value)).name}`);
    }
    return (record) => names.get(record) ?? record;
  }
}
