import { Controller, Param } from '@nestjs/common';
import { KeyService, type KeySelector } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { keyAnswer, keyListAnswer, keyUpdate, tokenRequest } from '../mappers/key.mapper.js';
import {
  applicationKeyAnswer,
  applicationKeyListAnswer,
  consumerKeyAnswer,
  generateTokenBody,
  tokenAnswer,
  updateKeyBody,
  type ApplicationKeyAnswer,
  type GenerateTokenBody,
  type UpdateKeyBody,
} from '../schemas/key.js';
import { appScopes, devportalBase } from './base.js';

const path = '/applications/:applicationId/oauth-keys';

/** OAuth keys by the id of their mapping. */
@Controller(devportalBase)
export class OAuthKeysController {
  constructor(private readonly keys: KeyService) {}

  @Operation({
    method: 'GET',
    path,
    summary: 'List the OAuth keys of an application',
    scopes: appScopes,
    answer: applicationKeyListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Param('applicationId') id: string): Promise<object> {
    return keyListAnswer(await this.keys.list(ctx, id), await this.keys.pending(ctx, id));
  }

  @Operation({
    method: 'GET',
    path: `${path}/:keyMappingId`,
    summary: 'Read OAuth keys',
    scopes: appScopes,
    answer: applicationKeyAnswer,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyMappingId') which: string,
  ): Promise<ApplicationKeyAnswer> {
    return keyAnswer(await this.keys.get(ctx, id, selector(which)));
  }

  @Operation({
    method: 'PUT',
    path: `${path}/:keyMappingId`,
    summary: 'Change grants, callback URL and settings of the client',
    scopes: appScopes,
    body: updateKeyBody,
    answer: applicationKeyAnswer,
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyMappingId') which: string,
    @Body() body: UpdateKeyBody,
  ): Promise<ApplicationKeyAnswer> {
    return keyAnswer(await this.keys.update(ctx, id, selector(which), keyUpdate(body)));
  }

  @Operation({
    method: 'POST',
    path: `${path}/:keyMappingId/regenerate-secret`,
    summary: 'Replace the consumer secret',
    scopes: appScopes,
    status: 200,
    answer: consumerKeyAnswer,
  })
  regenerateSecret(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyMappingId') which: string,
  ): Promise<object> {
    return this.keys.regenerateSecret(ctx, id, selector(which));
  }

  @Operation({
    method: 'POST',
    path: `${path}/:keyMappingId/clean-up`,
    summary: 'Remove the client and its mapping',
    scopes: appScopes,
    status: 200,
  })
  async cleanUp(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyMappingId') which: string,
  ): Promise<void> {
    await this.keys.cleanUp(ctx, id, selector(which));
  }

  @Operation({
    method: 'POST',
    path: `${path}/:keyMappingId/generate-token`,
    summary: 'Issue an access token to the application',
    scopes: appScopes,
    status: 200,
    body: generateTokenBody,
    answer: tokenAnswer,
  })
  generateToken(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyMappingId') which: string,
    @Body() body: GenerateTokenBody,
  ): Promise<object> {
    return this.keys.generateToken(ctx, id, selector(which), tokenRequest(body));
  }
}

function selector(uuid: string): KeySelector {
  return { uuid };
}
