import { Controller, Headers, Param } from '@nestjs/common';
import { IdempotencyService, KeyService } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { keyAnswer, keyRequest, pendingKeyAnswer } from '../mappers/key.mapper.js';
import {
  applicationKeyAnswer,
  generateKeysBody,
  type ApplicationKeyAnswer,
  type GenerateKeysBody,
} from '../schemas/key.js';
import { appScopes, devportalBase, idempotencyKeyOf } from './base.js';

/** Stands where the id of keys would be. */
const waitsForApproval = 'pending';

@Controller(devportalBase)
export class GenerateKeysController {
  constructor(
    private readonly keys: KeyService,
    private readonly idempotency: IdempotencyService,
  ) {}

  @Operation({
    method: 'POST',
    path: '/applications/:applicationId/generate-keys',
    summary: 'Make an OAuth client for an application and key type',
    scopes: appScopes,
    status: 200,
    body: generateKeysBody,
    answer: applicationKeyAnswer,
  })
  async generate(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Body() body: GenerateKeysBody,
    @Headers('idempotency-key') header: string | undefined,
  ): Promise<ApplicationKeyAnswer> {
    const request = {
      operation: 'generate-keys',
      key: idempotencyKeyOf(header),
      asked: { applicationId: id, ...body },
    };
    return this.idempotency.run(ctx, request, {
      work: async (tx) => (await this.keys.request(tx, id, keyRequest(body))) ?? waitsForApproval,
      answer: async (uuid) =>
        uuid === waitsForApproval
          ? pendingKeyAnswer(keyRequest(body))
          : keyAnswer(await this.keys.withFirstToken(ctx, id, uuid, body.scopes)),
    });
  }
}
