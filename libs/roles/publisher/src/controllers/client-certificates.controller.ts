import { Controller, Param, Req, Res } from '@nestjs/common';
import type { ClientCertificate } from '@tollgate/api/domain';
import { ClientCertificateService } from '@tollgate/api/server';
import { InvalidInputError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, pageOf, pageQuery, Query, readForm } from '@tollgate/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { certificateInfo } from '../mappers/certificate.mapper.js';
import { publisherBase, scopes } from './base.js';

const form = ['multipart/form-data'];
const listQuery = pageQuery.extend({ alias: z.string().max(30).optional() });

/** Certificates whose holders may call an API of security `mutualssl` (contract tag "Client Certificates"). */
@Controller(publisherBase)
export class ClientCertificatesController {
  constructor(private readonly certificates: ClientCertificateService) {}

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/client-certificates',
    scopes: scopes.viewClientCertificates,
    summary: 'Client certificates of an API',
    query: listQuery,
  })
  async list(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Query() query: z.output<typeof listQuery>,
  ): Promise<object> {
    const all = await this.certificates.list(ctx, apiId);
    const found = query.alias === undefined ? all : all.filter(({ alias }) => alias === query.alias);
    const page = found.slice(query.offset, query.offset + query.limit).map((each) => answer(apiId, each));
    const { count, list, pagination } = pageOf(page, found.length, query, `/apis/${apiId}/client-certificates`);
    return { count, certificates: list, pagination };
  }

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/client-certificates',
    status: 200,
    scopes: scopes.addClientCertificates,
    summary: 'Add a client certificate',
    consumes: form,
  })
  async add(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { alias, tier, certificate: pem } = await readForm(request, ['alias', 'tier', 'certificate']);
    const missing = Object.entries({ alias, tier, certificate: pem }).filter(([, value]) => !value);
    if (!alias || !tier || !pem)
      throw new InvalidInputError(missing.map(([field]) => ({ field, message: 'Send this part of the form.' })));
    const added = await this.certificates.add(ctx, apiId, { alias, tier, pem });
    void reply.header('location', `${publisherBase[0]}/apis/${apiId}/client-certificates/${encodeURIComponent(alias)}`);
    return answer(apiId, added);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/client-certificates/:alias',
    scopes: scopes.viewClientCertificates,
    summary: 'What a client certificate says',
  })
  async get(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string, @Param('alias') alias: string): Promise<object> {
    return certificateInfo(await this.certificates.get(ctx, apiId, alias), Date.now());
  }

  @Operation({
    method: 'PUT',
    path: '/apis/:apiId/client-certificates/:alias',
    scopes: scopes.changeClientCertificates,
    summary: 'Replace a client certificate or its plan',
    consumes: form,
  })
  async replace(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('alias') alias: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { tier, certificate: pem } = await readForm(request, ['tier', 'certificate']);
    return answer(apiId, await this.certificates.replace(ctx, apiId, alias, { tier, pem }));
  }

  @Operation({
    method: 'DELETE',
    path: '/apis/:apiId/client-certificates/:alias',
    status: 200,
    scopes: scopes.changeClientCertificates,
    summary: 'Take a client certificate away',
  })
  async remove(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('alias') alias: string,
  ): Promise<void> {
    await this.certificates.remove(ctx, apiId, alias);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/client-certificates/:alias/content',
    scopes: scopes.viewClientCertificates,
    summary: 'Download a client certificate',
  })
  async content(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('alias') alias: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { pem } = await this.certificates.get(ctx, apiId, alias);
    void reply.type('application/octet-stream').header('content-disposition', 'attachment; filename="client.crt"');
    return pem;
  }
}

function answer(apiId: string, { alias, tier }: ClientCertificate): object {
  return { alias, apiId, tier };
}
