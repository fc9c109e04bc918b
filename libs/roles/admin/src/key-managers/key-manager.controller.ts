import { Controller, Param, Req, Res } from '@nestjs/common';
import { InvalidInputError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation, readForm } from '@tollgate/http';
import { KeyManagerCaller, KeyManagerService, type KeyManager } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { adminBase, adminPaths } from '../surface.js';
import { discoveredKeyManager } from './discovered-key-manager.js';
import {
  keyManagerAnswer,
  keyManagerBody,
  keyManagerInfo,
  toKeyManagerInput,
  type KeyManagerBody,
} from './key-manager-body.js';

const scopes = ['apim:admin', 'apim:admin_operations', 'apim:keymanagers_manage'];

/** Whose tokens the organization takes: the resident key manager and external ones. */
@Controller(adminPaths('/key-managers'))
export class KeyManagerController {
  constructor(
    private readonly managers: KeyManagerService,
    private readonly caller: KeyManagerCaller,
  ) {}

  @Operation({ method: 'GET', path: '/', scopes, summary: 'List the key managers' })
  async list(@Ctx() ctx: RequestContext): Promise<object> {
    const list = (await this.managers.list(ctx)).map(keyManagerInfo);
    return { count: list.length, list };
  }

  @Operation({ method: 'POST', path: '/', scopes, summary: 'Register an external key manager', body: keyManagerBody })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() body: KeyManagerBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const made = await this.managers.create(ctx, toKeyManagerInput(body));
    void reply.header('location', `${adminBase}/key-managers/${made.uuid}`);
    return this.answer(made, reply);
  }

  @Operation({
    method: 'POST',
    path: '/discover',
    scopes,
    status: 200,
    consumes: ['multipart/form-data'],
    summary: 'Read the metadata of a key manager at its well-known address',
  })
  async discover(@Req() request: FastifyRequest): Promise<object> {
    const { url, type } = await readForm(request, ['url', 'type']);
    if (!url)
      throw new InvalidInputError([{ field: 'url', message: 'Give the well-known address of the key manager.' }]);
    const { status, json } = await this.caller.call(url, 'url');
    const value = status === 200 ? discoveredKeyManager(url, type ?? 'oidc', json) : null;
    return value === null ? { valid: false } : { valid: true, value };
  }

  @Operation({ method: 'GET', path: '/:keyManagerId', scopes, summary: 'Read a key manager' })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('keyManagerId') uuid: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return this.answer(await this.managers.get(ctx, uuid), reply);
  }

  @Operation({
    method: 'PUT',
    path: '/:keyManagerId',
    scopes,
    summary: 'Change a key manager, or switch it on or off',
    body: keyManagerBody,
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('keyManagerId') uuid: string,
    @Body() body: KeyManagerBody,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return this.answer(await this.managers.update(ctx, uuid, toKeyManagerInput(body), version), reply);
  }

  @Operation({
    method: 'DELETE',
    path: '/:keyManagerId',
    scopes,
    summary: 'Remove an external key manager without clients',
  })
  async delete(@Ctx() ctx: RequestContext, @Param('keyManagerId') uuid: string): Promise<void> {
    await this.managers.delete(ctx, uuid);
  }

  private answer(row: KeyManager, reply: FastifyReply): object {
    void reply.header('etag', `"${row.rowVersion}"`);
    return keyManagerAnswer(row, this.managers.connectorOf(row));
  }
}
