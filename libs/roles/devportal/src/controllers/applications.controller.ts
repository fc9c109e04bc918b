import { Controller, Headers, Param, Res } from '@nestjs/common';
import {
  ApplicationService,
  IdempotencyService,
  QuotaResetService,
  SubscriptionReader,
  type Application,
} from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation, pageOf, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { applicationBodyOf, applicationInfo, applicationInput } from '../mappers/application.mapper.js';
import { KeyAnswers } from '../mappers/key-answers.js';
import {
  applicationAnswer,
  applicationBody,
  applicationListAnswer,
  applicationQuery,
  quotaResetBody,
  type ApplicationAnswer,
  type ApplicationBody,
  type ApplicationQuery,
  type QuotaResetBody,
} from '../schemas/application.js';
import { answerRemoval, appScopes, devportalBase, idempotencyKeyOf, tellVersion } from './base.js';

@Controller(devportalBase)
export class ApplicationsController {
  constructor(
    private readonly applications: ApplicationService,
    private readonly subscriptions: SubscriptionReader,
    private readonly keys: KeyAnswers,
    private readonly idempotency: IdempotencyService,
    private readonly resets: QuotaResetService,
  ) {}

  @Operation({
    method: 'GET',
    path: '/applications',
    summary: 'List the own applications',
    scopes: [...appScopes, 'apim:app_import_export'],
    query: applicationQuery,
    answer: applicationListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: ApplicationQuery): Promise<object> {
    const { rows, total } = await this.applications.list(ctx, { ...query, name: query.query });
    const counts = await this.subscriptions.countsByApplication(
      ctx,
      rows.map((row) => row.id),
    );
    const list = rows.map((row) => applicationInfo(row, counts.get(row.id) ?? 0));
    return pageOf(list, total, query, '/applications', {
      query: query.query,
      sortBy: query.sortBy,
      sortOrder: query.sortOrder,
    });
  }

  @Operation({
    method: 'POST',
    path: '/applications',
    summary: 'Create an application',
    scopes: appScopes,
    body: applicationBody,
    answer: applicationAnswer,
  })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() body: ApplicationBody,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationAnswer> {
    const request = { operation: 'create-application', key: idempotencyKeyOf(key), asked: body };
    const answer = await this.idempotency.run(ctx, request, {
      work: async (tx) => (await this.applications.create(tx, applicationInput(body))).uuid,
      answer: async (uuid) => applicationBodyOf(await this.applications.get(ctx, uuid), 0),
    });
    tellVersion(reply, 1, `/applications/${answer.applicationId}`);
    return answer;
  }

  @Operation({
    method: 'GET',
    path: '/applications/:applicationId',
    summary: 'Read an application',
    scopes: appScopes,
    answer: applicationAnswer,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationAnswer> {
    const application = await this.applications.get(ctx, id);
    tellVersion(reply, application.rowVersion);
    return this.whole(ctx, application);
  }

  @Operation({
    method: 'PUT',
    path: '/applications/:applicationId',
    summary: 'Change an application',
    scopes: appScopes,
    body: applicationBody,
    answer: applicationAnswer,
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @IfMatch() version: number | undefined,
    @Body() body: ApplicationBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationAnswer> {
    const application = await this.applications.update(ctx, id, applicationInput(body), version);
    tellVersion(reply, application.rowVersion);
    return this.whole(ctx, application);
  }

  @Operation({
    method: 'DELETE',
    path: '/applications/:applicationId',
    summary: 'Remove an application with its keys and subscriptions',
    scopes: [...appScopes, 'apim:app_import_export'],
  })
  async remove(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | undefined> {
    return answerRemoval(reply, await this.applications.delete(ctx, id, version), `/applications/${id}`);
  }

  @Operation({
    method: 'POST',
    path: '/applications/:applicationId/reset-throttle-policy',
    status: 200,
    summary: 'Give a user of the application a new quota for the rest of the window',
    scopes: appScopes,
    body: quotaResetBody,
  })
  async resetQuota(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Body() { userName }: QuotaResetBody,
  ): Promise<void> {
    await this.resets.reset(ctx, id, userName);
  }

  private async whole(ctx: RequestContext, application: Application): Promise<ApplicationAnswer> {
    const counts = await this.subscriptions.countsByApplication(ctx, [application.id]);
    const keys = await this.keys.withoutSecrets(ctx, application.uuid);
    return applicationBodyOf(application, counts.get(application.id) ?? 0, keys);
  }
}
