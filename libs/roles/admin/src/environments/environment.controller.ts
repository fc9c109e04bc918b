import { Controller, Param, Res } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { EnvironmentService, GatewayRegistry } from '@tollgate/deployment/server';
import { Body, Ctx, IfMatch, Operation } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { adminBase, adminPaths } from '../surface.js';
import { environmentAnswer, environmentBody, toEnvironmentInput, type EnvironmentBody } from './environment-body.js';

const read = ['apim:admin', 'apim:environment_read', 'apim:environment_manage'];
const manage = ['apim:admin', 'apim:environment_manage'];

/** Where APIs can be deployed: those of the configuration and those made here. */
@Controller(adminPaths('/environments'))
export class EnvironmentController {
  constructor(
    private readonly environments: EnvironmentService,
    private readonly gateways: GatewayRegistry,
  ) {}

  @Operation({ method: 'GET', path: '/', scopes: read, summary: 'List the environments' })
  async list(@Ctx() ctx: RequestContext): Promise<object> {
    const list = (await this.environments.list(ctx)).map(environmentAnswer);
    return { count: list.length, list };
  }

  @Operation({ method: 'POST', path: '/', scopes: manage, summary: 'Make an environment', body: environmentBody })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() body: EnvironmentBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const made = await this.environments.create(ctx, toEnvironmentInput(body));
    void reply.headers({ location: `${adminBase}/environments/${made.uuid}`, etag: `"${made.rowVersion}"` });
    return environmentAnswer(made);
  }

  @Operation({
    method: 'PUT',
    path: '/:environmentId',
    scopes: manage,
    summary: 'Change an environment',
    body: environmentBody,
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('environmentId') uuid: string,
    @Body() body: EnvironmentBody,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const changed = await this.environments.update(ctx, uuid, toEnvironmentInput(body), version);
    void reply.header('etag', `"${changed.rowVersion}"`);
    return environmentAnswer(changed);
  }

  @Operation({
    method: 'DELETE',
    path: '/:environmentId',
    scopes: manage,
    summary: 'Delete an environment to which nothing is deployed',
  })
  async delete(@Ctx() ctx: RequestContext, @Param('environmentId') uuid: string): Promise<void> {
    await this.environments.delete(ctx, uuid);
  }

  @Operation({
    method: 'GET',
    path: '/:environmentId/gateways',
    scopes: read,
    summary: 'List the gateways that serve an environment',
  })
  async gatewaysOf(@Ctx() ctx: RequestContext, @Param('environmentId') uuid: string): Promise<object> {
    const { name } = await this.environments.get(ctx, uuid);
    const list = (await this.gateways.list())
      .filter((gateway) => gateway.environmentLabels.includes(name))
      .map(({ gatewayId, lastSeenAt, alive }) => ({
        gatewayId,
        lastActive: new Date(lastSeenAt).toISOString(),
        status: alive ? 'ACTIVE' : 'EXPIRED',
      }));
    return { count: list.length, list };
  }
}
