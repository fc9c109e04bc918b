import { Controller, Param } from '@nestjs/common';
import { ApiKeyService } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation, parseInput } from '@tollgate/http';
import { apiKeyBody, apiKeyListBody, apiKeyRequest } from '../mappers/key.mapper.js';
import {
  apiKeyAnswer,
  apiKeyListAnswer,
  generateApiKeyBody,
  keyTypeParam,
  renewApiKeyBody,
  revokeApiKeyBody,
  type GenerateApiKeyBody,
  type RevokeApiKeyBody,
} from '../schemas/key.js';
import { apiKeyScopes, devportalBase } from './base.js';

const path = '/applications/:applicationId/api-keys/:keyType';

@Controller(devportalBase)
export class ApiKeysController {
  constructor(private readonly keys: ApiKeyService) {}

  @Operation({
    method: 'GET',
    path,
    summary: 'List the API keys of an application',
    scopes: apiKeyScopes,
    answer: apiKeyListAnswer,
  })
  async list(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyType') type: string,
  ): Promise<object> {
    return apiKeyListBody(await this.keys.list(ctx, id, keyTypeOf(type)));
  }

  @Operation({
    method: 'POST',
    path: `${path}/generate`,
    summary: 'Issue an API key',
    scopes: apiKeyScopes,
    status: 200,
    body: generateApiKeyBody,
    answer: apiKeyAnswer,
  })
  async generate(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyType') type: string,
    @Body() body: GenerateApiKeyBody,
  ): Promise<object> {
    return apiKeyBody(await this.keys.issue(ctx, id, apiKeyRequest(keyTypeOf(type), body)));
  }

  @Operation({
    method: 'POST',
    path: `${path}/regenerate`,
    summary: 'Replace an API key',
    scopes: apiKeyScopes,
    status: 200,
    body: renewApiKeyBody,
    answer: apiKeyAnswer,
  })
  async regenerate(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyType') type: string,
    @Body() body: { keyUUID: string },
  ): Promise<object> {
    return apiKeyBody(await this.keys.renew(ctx, id, keyTypeOf(type), body.keyUUID));
  }

  @Operation({
    method: 'POST',
    path: `${path}/revoke`,
    summary: 'Revoke an API key',
    scopes: apiKeyScopes,
    status: 200,
    body: revokeApiKeyBody,
  })
  async revoke(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyType') type: string,
    @Body() body: RevokeApiKeyBody,
  ): Promise<void> {
    const which = body.keyUUID ? { uuid: body.keyUUID } : { key: body.apikey ?? '' };
    await this.keys.revoke(ctx, id, keyTypeOf(type), which);
  }
}

function keyTypeOf(text: string) {
  return parseInput(keyTypeParam, text, 'keyType');
}
