import { Controller, Param, Req } from '@nestjs/common';
import { UnauthenticatedError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation, pageOf, Query } from '@tollgate/http';
import { Workflows } from '@tollgate/workflow/server';
import type { FastifyRequest } from 'fastify';
import { adminPaths } from '../surface.js';
import {
  decisionBody,
  decisionQuery,
  workflowInfo,
  workflowInfoOf,
  workflowListAnswer,
  workflowQuery,
  type DecisionBody,
  type DecisionQuery,
  type WorkflowInfo,
  type WorkflowQuery,
} from './workflow-body.js';

const view = ['apim:admin', 'apim:api_workflow_view'] as const;
const decide = ['apim:admin', 'apim:api_workflow_approve'] as const;

/** Requests that wait for a decision. */
@Controller(adminPaths('/workflows'))
export class WorkflowController {
  constructor(private readonly workflows: Workflows) {}

  @Operation({
    method: 'GET',
    path: '/',
    scopes: view,
    summary: 'List requests that wait for a decision',
    query: workflowQuery,
    answer: workflowListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: WorkflowQuery): Promise<object> {
    const { workflowType, limit, offset } = query;
    const { rows, total } = await this.workflows.waiting(ctx, { type: workflowType, limit, offset });
    const { count, list, pagination } = pageOf(rows.map(workflowInfoOf), total, query, '/workflows', { workflowType });
    return { count, next: pagination.next, previous: pagination.previous, list };
  }

  @Operation({
    method: 'POST',
    path: '/update-workflow-status',
    scopes: decide,
    summary: 'Approve or reject a request',
    query: decisionQuery,
    body: decisionBody,
    answer: decisionBody,
    status: 200,
  })
  async decide(
    @Ctx() ctx: RequestContext,
    @Query() query: DecisionQuery,
    @Body() body: DecisionBody,
  ): Promise<DecisionBody> {
    await this.workflows.decide(ctx, query.workflowReferenceId, body);
    return body;
  }

  @Operation({
    method: 'POST',
    path: '/:externalWorkflowRef/callback',
    auth: 'public',
    summary: 'Decide as the system that a webhook told: the bearer token is the callbackToken of the request',
    body: decisionBody,
    answer: decisionBody,
    status: 200,
  })
  async callback(
    @Req() request: FastifyRequest,
    @Param('externalWorkflowRef') reference: string,
    @Body() body: DecisionBody,
  ): Promise<DecisionBody> {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined)
      throw new UnauthenticatedError(
        'The token of the request is needed.',
        'Send "Authorization: Bearer" and the token of the webhook call.',
      );
    await this.workflows.decideByToken(request.id, reference, token, body);
    return body;
  }

  @Operation({
    method: 'GET',
    path: '/:externalWorkflowRef',
    scopes: view,
    summary: 'Read a request that waits for a decision',
    answer: workflowInfo,
  })
  async get(@Ctx() ctx: RequestContext, @Param('externalWorkflowRef') reference: string): Promise<WorkflowInfo> {
    return workflowInfoOf(await this.workflows.get(ctx, reference));
  }
}
