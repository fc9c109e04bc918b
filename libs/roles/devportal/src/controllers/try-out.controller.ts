import { Controller, Param } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { tryOutAnswer, tryOutBody, type TryOutAnswer, type TryOutBody } from '../schemas/try-out.js';
import { TryOutService } from '../try-out/try-out.service.js';
import { devportalBase } from './base.js';

/** The try-out console's calls, for pages that may talk to their own origin only. */
@Controller(devportalBase)
export class TryOutController {
  constructor(private readonly tryOuts: TryOutService) {}

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/try-out',
    summary: 'Call an API at one of the gateways that serve it, with the credential in the headers given',
    scopes: ['apim:subscribe'],
    status: 200,
    body: tryOutBody,
    answer: tryOutAnswer,
  })
  call(@Ctx() ctx: RequestContext, @Param('apiId') id: string, @Body() body: TryOutBody): Promise<TryOutAnswer> {
    return this.tryOuts.call(ctx, id, body);
  }
}
