import { Controller, Headers, Param } from '@nestjs/common';
import { IdempotencyService, KeyService } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { keyAnswer, keyRequest, pendingKeyAnswer } from '../mappers/key.mapper.js';
import {
  applicationKeyAnswer,
  generateKeysBody,
  mapKeysBody,
  type ApplicationKeyAnswer,
  type GenerateKeysBody,
  type MapKeysBody,
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
    const input = keyRequest(body);
    const prepared = await this.keys.prepare(ctx, id, input);
    try {
      return await this.idempotency.run(ctx, request, {
        work: async (tx) => (await this.keys.request(tx, id, input, prepared)) ?? waitsForApproval,
        answer: async (uuid) =>
          uuid === waitsForApproval
            ? pendingKeyAnswer(input)
            : keyAnswer(await this.keys.withFirstToken(ctx, id, uuid, body.scopes)),
      });
    } finally {
      await this.keys.release(prepared); // a repeated request has made its client before
    }
  }

  @Operation({
    method: 'POST',
    path: '/applications/:applicationId/map-keys',
    summary: 'Take in an OAuth client that exists at an external key manager',
    scopes: appScopes,
    status: 200,
    body: mapKeysBody,
    answer: applicationKeyAnswer,
  })
  async map(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Body() body: MapKeysBody,
  ): Promise<ApplicationKeyAnswer> {
    return keyAnswer(await this.keys.map(ctx, id, body));
  }
}
