import { Controller, Param } from '@nestjs/common';
import { KeyService, type KeySelector } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation, parseInput } from '@tollgate/http';
import { keyAnswer, keyListAnswer, keyUpdate, tokenRequest } from '../mappers/key.mapper.js';
import {
  applicationKeyAnswer,
  applicationKeyListAnswer,
  consumerKeyAnswer,
  generateTokenBody,
  keyTypeParam,
  tokenAnswer,
  updateKeyBody,
  type ApplicationKeyAnswer,
  type GenerateTokenBody,
  type UpdateKeyBody,
} from '../schemas/key.js';
import { appScopes, devportalBase } from './base.js';

const path = '/applications/:applicationId/keys';

/** The older form of the contract: OAuth keys of the resident key manager by key type. */
@Controller(devportalBase)
export class KeysByTypeController {
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
    path: `${path}/:keyType`,
    summary: 'Read OAuth keys',
    scopes: appScopes,
    answer: applicationKeyAnswer,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyType') which: string,
  ): Promise<ApplicationKeyAnswer> {
    return keyAnswer(await this.keys.get(ctx, id, selector(which)));
  }

  @Operation({
    method: 'PUT',
    path: `${path}/:keyType`,
    summary: 'Change grants, callback URL and settings of the client',
    scopes: appScopes,
    body: updateKeyBody,
    answer: applicationKeyAnswer,
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyType') which: string,
    @Body() body: UpdateKeyBody,
  ): Promise<ApplicationKeyAnswer> {
    return keyAnswer(await this.keys.update(ctx, id, selector(which), keyUpdate(body)));
  }

  @Operation({
    method: 'POST',
    path: `${path}/:keyType/regenerate-secret`,
    summary: 'Replace the consumer secret',
    scopes: appScopes,
    status: 200,
    answer: consumerKeyAnswer,
  })
  regenerateSecret(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyType') which: string,
  ): Promise<object> {
    return this.keys.regenerateSecret(ctx, id, selector(which));
  }

  @Operation({
    method: 'POST',
    path: `${path}/:keyType/clean-up`,
    summary: 'Remove the client and its mapping',
    scopes: appScopes,
    status: 200,
  })
  async cleanUp(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyType') which: string,
  ): Promise<void> {
    await this.keys.cleanUp(ctx, id, selector(which));
  }

  @Operation({
    method: 'POST',
    path: `${path}/:keyType/generate-token`,
    summary: 'Issue an access token to the application',
    scopes: appScopes,
    status: 200,
    body: generateTokenBody,
    answer: tokenAnswer,
  })
  generateToken(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyType') which: string,
    @Body() body: GenerateTokenBody,
  ): Promise<object> {
    return this.keys.generateToken(ctx, id, selector(which), tokenRequest(body));
  }
}

function selector(keyType: string): KeySelector {
  return { keyType: parseInput(keyTypeParam, keyType, 'keyType') };
}
