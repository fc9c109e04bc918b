import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Controller, Req, Res } from '@nestjs/common';
import { ApimError } from '@tollgate/base';
import {
  changesSchema,
  hubStateSchema,
  nodeReportSchema,
  revealedTokensSchema,
  revealTokensSchema,
  snapshotSchema,
  type Changes,
  type HubState,
  type NodeReport,
  type RevealedTokens,
} from '@tollgate/deployment/contract';
import { GatewayRegistry, HubReader, NodeRegistry, TokenSource } from '@tollgate/deployment/server';
import { Body, Operation, Query } from '@tollgate/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { hubScheme } from './hub-authentication.js';
import {
  changesQuery,
  deploymentStatusAnswer,
  deploymentStatusBody,
  nodeAnswer,
  notifyGatewayAnswer,
  notifyGatewayBody,
} from './internal-data.schemas.js';

const unzip = promisify(gunzip);

/** What gateways and traffic managers read, and what gateways tell. */
@Controller('/internal/data/v1')
export class InternalDataController {
  constructor(
    private readonly hub: HubReader,
    private readonly gateways: GatewayRegistry,
    private readonly nodes: NodeRegistry,
    private readonly tokens: TokenSource,
  ) {}

  @Operation({
    method: 'GET',
    path: '/state',
    auth: hubScheme,
    summary: 'Where the control plane stands',
    answer: hubStateSchema,
  })
  state(): Promise<HubState> {
    return this.hub.state();
  }

  @Operation({
    method: 'GET',
    path: '/snapshot',
    auth: hubScheme,
    summary: 'All records of one moment; 304 when the caller has them',
    answer: snapshotSchema,
  })
  async snapshot(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { etag, body } = await this.hub.snapshotFor(request.headers['if-none-match'] ?? '');
    void reply.header('etag', etag).header('vary', 'accept-encoding');
    if (!body) return void reply.status(304).send();
    void reply.header('content-type', 'application/json; charset=utf-8');
    const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    if (takesGzip) void reply.header('content-encoding', 'gzip');
    void reply.send(takesGzip ? body : await unzip(body));
  }

  @Operation({
    method: 'GET',
    path: '/changes',
    auth: hubScheme,
    summary: 'The changes after a sequence number; 410 when they are not kept',
    query: changesQuery,
    answer: changesSchema,
  })
  async changes(@Query() query: z.infer<typeof changesQuery>): Promise<Changes> {
    const changes = await this.hub.changes(query.since, query.epoch);
    if (changes === 'gone') {
      throw new ApimError({
        code: 'CHANGES_GONE',
        status: 410,
        message: 'These changes are no longer kept.',
        action: 'Load the snapshot.',
      });
    }
    return changes;
  }

  @Operation({
    method: 'POST',
    path: '/notify-gateway',
    status: 200,
    auth: hubScheme,
    summary: 'Gateway register or heartbeat',
    body: notifyGatewayBody,
    answer: notifyGatewayAnswer,
  })
  async notifyGateway(@Body() body: z.infer<typeof notifyGatewayBody>): Promise<z.infer<typeof notifyGatewayAnswer>> {
    const gatewayId = body.gatewayId ?? randomUUID();
    const isNew = await this.gateways.notify({ ...body, gatewayId });
    const status = isNew || body.payloadType === 'REGISTER' ? 'REGISTERED' : 'ACKNOWLEDGED';
    return { status, gatewayId, liveGateways: await this.gateways.countLive() };
  }

  @Operation({
    method: 'POST',
    path: '/notify-node',
    status: 200,
    auth: hubScheme,
    summary: 'A node tells what it sees of itself and of its connections',
    body: nodeReportSchema,
    answer: nodeAnswer,
  })
  async notifyNode(@Body() body: NodeReport): Promise<z.infer<typeof nodeAnswer>> {
    await this.nodes.report(body);
    return { status: 'RECEIVED' };
  }

  @Operation({
    method: 'POST',
    path: '/reveal-tokens',
    status: 200,
    auth: hubScheme,
    summary: 'What opaque access tokens stand for',
    body: revealTokensSchema,
    answer: revealedTokensSchema,
  })
  async revealTokens(@Body() { tokens }: z.infer<typeof revealTokensSchema>): Promise<RevealedTokens> {
    return { jwts: await this.tokens.revealAll(tokens) };
  }

  @Operation({
    method: 'POST',
    path: '/notify-api-deployment-status',
    status: 200,
    auth: hubScheme,
    summary: 'What became of deployments',
    body: deploymentStatusBody,
    answer: deploymentStatusAnswer,
  })
  async notifyDeploymentStatus(
    @Body() body: z.infer<typeof deploymentStatusBody>,
  ): Promise<z.infer<typeof deploymentStatusAnswer>> {
    await this.gateways.acknowledge(body.list);
    return { status: 'RECEIVED' };
  }
}
