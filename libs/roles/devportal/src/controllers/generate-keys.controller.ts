import { Controller, Param } from '@nestjs/common';
import { KeyService } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { keyAnswer, keyRequest } from '../mappers/key.mapper.js';
import {
  applicationKeyAnswer,
  generateKeysBody,
  type ApplicationKeyAnswer,
  type GenerateKeysBody,
} from '../schemas/key.js';
import { appScopes, devportalBase } from './base.js';

@Controller(devportalBase)
export class GenerateKeysController {
  constructor(private readonly keys: KeyService) {}

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
  ): Promise<ApplicationKeyAnswer> {
    return keyAnswer(await this.keys.generate(ctx, id, keyRequest(body)));
  }
}
