import { Controller, Param, Res } from '@nestjs/common';
import { DeploymentService, RevisionService } from '@tollgate/api/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { apiAnswer } from '../mappers/api.mapper.js';
import { RevisionAnswers } from '../mappers/revision-answers.js';
import {
  deploymentAnswer,
  deploymentsBody,
  deployQuery,
  newRevisionBody,
  revisionAnswer,
  revisionListAnswer,
  revisionsQuery,
  undeployBody,
  undeployQuery,
  type DeploymentAnswer,
  type DeploymentsBody,
  type DeployQuery,
  type NewRevisionBody,
  type RevisionAnswer,
  type RevisionsQuery,
  type UndeployQuery,
} from '../schemas/revision.js';
import { publisherBase, scopes, tellVersion } from './base.js';

const deploymentList = z.array(deploymentAnswer);

@Controller(publisherBase)
export class RevisionsController {
  constructor(
    private readonly revisions: RevisionService,
    private readonly deployments: DeploymentService,
    private readonly answers: RevisionAnswers,
  ) {}

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/revisions',
    scopes: scopes.viewRevisions,
    summary: 'List revisions',
    query: revisionsQuery,
    answer: revisionListAnswer,
  })
  async list(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Query() query: RevisionsQuery,
  ): Promise<object> {
    const onlyDeployed = query.query === undefined ? undefined : query.query === 'deployed:true';
    const list = await this.answers.revisions(apiId, await this.revisions.list(ctx, apiId, onlyDeployed));
    return { count: list.length, list };
  }

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/revisions',
    scopes: scopes.revise,
    summary: 'Create a revision',
    body: newRevisionBody,
    answer: revisionAnswer,
  })
  async create(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Body() body: NewRevisionBody,
  ): Promise<RevisionAnswer | undefined> {
    const view = await this.revisions.create(ctx, apiId, body.description);
    return (await this.answers.revisions(apiId, [view]))[0];
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/revisions/:revisionId',
    scopes: scopes.viewRevisions,
    summary: 'Read a revision',
    answer: revisionAnswer,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('revisionId') revisionId: string,
  ): Promise<RevisionAnswer | undefined> {
    return (await this.answers.revisions(apiId, [await this.revisions.get(ctx, apiId, revisionId)]))[0];
  }

  @Operation({
    method: 'DELETE',
    path: '/apis/:apiId/revisions/:revisionId',
    scopes: scopes.revise,
    summary: 'Delete a revision that is not deployed',
    answer: revisionListAnswer,
  })
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('revisionId') revisionId: string,
  ): Promise<object> {
    await this.revisions.delete(ctx, apiId, revisionId);
    return this.list(ctx, apiId, {});
  }

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/restore-revision',
    scopes: scopes.change,
    summary: 'Make the working copy what a revision is',
    query: deployQuery,
  })
  async restore(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Query() query: DeployQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const api = await this.revisions.restore(ctx, apiId, query.revisionId);
    tellVersion(reply, api.rowVersion, `/apis/${api.uuid}`);
    return apiAnswer(api);
  }

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/deploy-revision',
    scopes: scopes.change,
    summary: 'Deploy a revision to environments',
    query: deployQuery,
    body: deploymentsBody,
    answer: deploymentList,
  })
  async deploy(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Query() query: DeployQuery,
    @Body() body: DeploymentsBody,
  ): Promise<DeploymentAnswer[]> {
    const targets = body.map(({ name, vhost, displayOnDevportal }) => ({
      environment: name,
      vhost,
      displayOnDevportal,
    }));
    return this.answers.deployments(apiId, await this.deployments.deploy(ctx, apiId, query.revisionId, targets));
  }

  @Operation({
    method: 'DELETE',
    path: '/apis/:apiId/cancel-revision-workflow/:revisionId/:envName',
    scopes: scopes.change,
    summary: 'Take back a deployment that waits for approval',
  })
  async cancelPending(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('revisionId') revisionId: string,
    @Param('envName') environment: string,
  ): Promise<void> {
    await this.deployments.cancelPending(ctx, apiId, revisionId, environment);
  }

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/undeploy-revision',
    scopes: scopes.revise,
    summary: 'Take a revision off environments',
    query: undeployQuery,
    body: undeployBody,
    answer: deploymentList,
  })
  async undeploy(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Query() query: UndeployQuery,
    @Body() body: DeploymentsBody,
  ): Promise<DeploymentAnswer[]> {
    const choice =
      query.revisionId === undefined
        ? { number: Number(/\d+/.exec(query.revisionNumber ?? '')?.[0]) }
        : { uuid: query.revisionId };
    const names = body.map((target) => target.name);
    return this.answers.deployments(
      apiId,
      await this.deployments.undeploy(ctx, apiId, choice, query.allEnvironments ? 'all' : names),
    );
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/deployments',
    scopes: scopes.viewRevisions,
    summary: 'List deployments with what each gateway serves',
  })
  async deployed(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string): Promise<object> {
    const list = await this.answers.deployments(apiId, await this.deployments.list(ctx, apiId));
    return { count: list.length, list };
  }
}
