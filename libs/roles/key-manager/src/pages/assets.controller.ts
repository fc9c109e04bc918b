import { Controller, Param, Res } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import { Operation } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { assetNamed } from './assets.js';

/** Style and scripts of the pages. */
@Controller('/oauth2/assets')
export class AssetsController {
  @Operation({ method: 'GET', path: '/:file', auth: 'public', summary: 'A style sheet or script of the pages' })
  async get(@Param('file') name: string, @Res() reply: FastifyReply): Promise<void> {
    const asset = assetNamed(name);
    if (!asset) throw new NotFoundError('File', name);
    await reply
      .headers({ 'content-type': asset.type, 'cache-control': 'public, max-age=31536000, immutable' })
      .send(asset.text);
  }
}
