import { Controller, Param, Res } from '@nestjs/common';
import { KeyService } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { newSecret, secretAnswer } from '../mappers/secret.mapper.js';
import {
  newSecretBody,
  revokeSecretBody,
  secretAnswer as secretAnswerSchema,
  secretListAnswer,
  type NewSecretBody,
  type RevokeSecretBody,
  type SecretAnswer,
} from '../schemas/key.js';
import { appScopes, devportalBase } from './base.js';

const path = '/applications/:applicationId/oauth-keys/:keyMappingId';

/** Several consumer secrets of one client. */
@Controller(devportalBase)
export class SecretsController {
  constructor(private readonly keys: KeyService) {}

  @Operation({
    method: 'POST',
    path: `${path}/generate-secret`,
    summary: 'Add a consumer secret; the others go on',
    scopes: appScopes,
    status: 201,
    body: newSecretBody,
    answer: secretAnswerSchema,
  })
  async generate(
    @Ctx() ctx: RequestContext,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('applicationId') id: string,
    @Param('keyMappingId') uuid: string,
    @Body() body: NewSecretBody,
  ): Promise<SecretAnswer> {
    const { view, secret } = await this.keys.addSecret(ctx, id, { uuid }, newSecret(body));
    void reply.header('location', `${devportalBase[0]}/applications/${id}/oauth-keys/${uuid}/secrets`);
    return secretAnswer(view, secret);
  }

  @Operation({
    method: 'GET',
    path: `${path}/secrets`,
    summary: 'List the consumer secrets, masked',
    scopes: appScopes,
    answer: secretListAnswer,
  })
  async list(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyMappingId') uuid: string,
  ): Promise<object> {
    const list = (await this.keys.secrets(ctx, id, { uuid })).map((view) => secretAnswer(view));
    return { count: list.length, list };
  }

  @Operation({
    method: 'POST',
    path: `${path}/revoke-secret`,
    summary: 'Revoke a consumer secret',
    scopes: appScopes,
    status: 204,
    body: revokeSecretBody,
  })
  async revoke(
    @Ctx() ctx: RequestContext,
    @Param('applicationId') id: string,
    @Param('keyMappingId') uuid: string,
    @Body() { secretId }: RevokeSecretBody,
  ): Promise<void> {
    await this.keys.revokeSecret(ctx, id, { uuid }, secretId);
  }
}
