import { randomBytes } from 'node:crypto';
import { Controller, Param, Req, Res, type Type } from '@nestjs/common';
import { ApimError, NotFoundError } from '@tollgate/base';
import { Operation } from '@tollgate/http';
import type { PortalName } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PortalFiles, type PortalFile } from './portal-files.js';
import { pageHeaders } from './portal-headers.js';

/** A controller that serves the pages of a portal: its files, and one page for every other address below it. */
export function pagesController(name: PortalName): Type<object> {
  const files = PortalFiles.of(name);

  @Controller(`/${name}`)
  class PortalPagesController {
    @Operation({ method: 'GET', path: '/assets/:file', auth: 'public', summary: `A file of the ${name} portal` })
    async asset(
      @Param('file') fileName: string,
      @Req() request: FastifyRequest,
      @Res() reply: FastifyReply,
    ): Promise<void> {
      const file = files.asset(fileName);
      if (!file) throw new NotFoundError('File', fileName.slice(0, 100));
      await sendAsset(file, request, reply);
    }

    @Operation({ method: 'GET', path: '/', auth: 'public', summary: `The ${name} portal` })
    async home(@Res() reply: FastifyReply): Promise<void> {
      await sendPage(reply);
    }

    @Operation({ method: 'GET', path: '/*', auth: 'public', summary: `A page of the ${name} portal` })
    async page(@Res() reply: FastifyReply): Promise<void> {
      await sendPage(reply);
    }
  }

  async function sendPage(reply: FastifyReply): Promise<void> {
    const nonce = randomBytes(16).toString('base64url');
    const page = files.page(nonce);
    if (page === null)
      throw new ApimError({
        code: 'PORTAL_NOT_BUILT',
        status: 503,
        message: `The pages of the ${name} portal are not built.`,
        action: 'Run "npm ci" and "npm run build", then start again.',
      });
    await reply.headers(pageHeaders(nonce)).send(page);
  }

  return PortalPagesController;
}

/** The name of an asset changes with its content, so whoever has it asks never again. */
async function sendAsset(file: PortalFile, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  void reply.headers({
    'cache-control': 'public, max-age=31536000, immutable',
    etag: file.etag,
    vary: 'accept-encoding',
    'content-type': file.type,
  });
  if (request.headers['if-none-match'] === file.etag) return void (await reply.status(304).send());
  const taken = String(request.headers['accept-encoding'] ?? '');
  if (file.brotli && /\bbr\b/.test(taken)) await reply.header('content-encoding', 'br').send(file.brotli);
  else if (file.gzip && /\bgzip\b/.test(taken)) await reply.header('content-encoding', 'gzip').send(file.gzip);
  else await reply.send(file.plain);
}
