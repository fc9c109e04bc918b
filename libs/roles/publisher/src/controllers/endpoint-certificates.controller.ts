import { Controller, Param, Req, Res } from '@nestjs/common';
import { ApiCatalogReader, EndpointCertificateService, type EndpointCertificateView } from '@tollgate/api/server';
import { InvalidInputError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, pageOf, pageQuery, Query, readForm } from '@tollgate/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { certificateInfo } from '../mappers/certificate.mapper.js';
import { publisherBase, scopes } from './base.js';

const form = ['multipart/form-data'];
const listQuery = pageQuery.extend({ alias: z.string().max(30).optional(), endpoint: z.string().max(1024).optional() });

/** Certificates that gateways trust at back ends (contract tag "Endpoint Certificates"). */
@Controller(publisherBase)
export class EndpointCertificatesController {
  constructor(
    private readonly certificates: EndpointCertificateService,
    private readonly catalog: ApiCatalogReader,
  ) {}

  @Operation({
    method: 'GET',
    path: '/endpoint-certificates',
    scopes: scopes.viewEndpointCertificates,
    summary: 'Endpoint certificates',
    query: listQuery,
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: z.output<typeof listQuery>): Promise<object> {
    const { alias, endpoint } = query;
    const found = (await this.certificates.list(ctx)).filter(
      (each) =>
        (alias === undefined || each.alias === alias) &&
        (endpoint === undefined || each.endpoint.includes(endpoint) || each.host.includes(endpoint.toLowerCase())),
    );
    const page = found.slice(query.offset, query.offset + query.limit).map(answer);
    const { count, list, pagination } = pageOf(page, found.length, query, '/endpoint-certificates', {
      alias,
      endpoint,
    });
    return { count, certificates: list, pagination };
  }

  @Operation({
    method: 'POST',
    path: '/endpoint-certificates',
    status: 200,
    scopes: scopes.addEndpointCertificates,
    summary: 'Add an endpoint certificate',
    consumes: form,
  })
  async add(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { alias, endpoint, certificate: pem } = await readForm(request, ['alias', 'endpoint', 'certificate']);
    const missing = Object.entries({ alias, endpoint, certificate: pem }).filter(([, value]) => !value);
    if (!alias || !endpoint || !pem)
      throw new InvalidInputError(missing.map(([field]) => ({ field, message: 'Send this part of the form.' })));
    const added = await this.certificates.add(ctx, { alias, endpoint, pem });
    void reply.header('location', `${publisherBase[0]}/endpoint-certificates/${encodeURIComponent(alias)}`);
    return answer(added);
  }

  @Operation({
    method: 'GET',
    path: '/endpoint-certificates/:alias',
    scopes: scopes.viewEndpointCertificates,
    summary: 'What an endpoint certificate says',
  })
  async get(@Ctx() ctx: RequestContext, @Param('alias') alias: string): Promise<object> {
    return certificateInfo(await this.certificates.get(ctx, alias), Date.now());
  }

  @Operation({
    method: 'PUT',
    path: '/endpoint-certificates/:alias',
    scopes: scopes.changeEndpointCertificates,
    summary: 'Replace an endpoint certificate',
    consumes: form,
  })
  async replace(
    @Ctx() ctx: RequestContext,
    @Param('alias') alias: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { certificate: pem } = await readForm(request, ['certificate']);
    if (!pem) throw new InvalidInputError([{ field: 'certificate', message: 'Send this part of the form.' }]);
    return answer(await this.certificates.replace(ctx, alias, pem));
  }

  @Operation({
    method: 'DELETE',
    path: '/endpoint-certificates/:alias',
    status: 200,
    scopes: scopes.changeEndpointCertificates,
    summary: 'Delete an endpoint certificate',
  })
  async remove(@Ctx() ctx: RequestContext, @Param('alias') alias: string): Promise<void> {
    await this.certificates.remove(ctx, alias);
  }

  @Operation({
    method: 'GET',
    path: '/endpoint-certificates/:alias/content',
    scopes: scopes.viewEndpointCertificates,
    summary: 'Download an endpoint certificate',
  })
  async content(
    @Ctx() ctx: RequestContext,
    @Param('alias') alias: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { pem } = await this.certificates.get(ctx, alias);
    void reply.type('application/octet-stream').header('content-disposition', 'attachment; filename="endpoint.crt"');
    return pem;
  }

  @Operation({
    method: 'GET',
    path: '/endpoint-certificates/:alias/usage',
    scopes: scopes.viewEndpointCertificates,
    summary: 'APIs that call the endpoint of a certificate',
    query: pageQuery,
  })
  async usage(
    @Ctx() ctx: RequestContext,
    @Param('alias') alias: string,
    @Query() query: z.output<typeof pageQuery>,
  ): Promise<object> {
    const { host } = await this.certificates.get(ctx, alias);
    const apis = await this.catalog.callingHost(ctx, host);
    const page = apis
      .slice(query.offset, query.offset + query.limit)
      .map(({ uuid: id, name, context, version, provider }) => ({ id, name, context, version, provider }));
    return pageOf(page, apis.length, query, `/endpoint-certificates/${encodeURIComponent(alias)}/usage`);
  }
}

function answer({ alias, endpoint }: EndpointCertificateView): object {
  return { alias, endpoint };
}
