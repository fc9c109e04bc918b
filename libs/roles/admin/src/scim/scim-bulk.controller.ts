import { Controller, Param, UseInterceptors } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { bulkBody, type BulkBody } from './bulk-body.js';
import { ScimBulkService } from './scim-bulk.service.js';
import { ScimMediaType } from './scim-media-type.js';
import { scimBase } from './scim-scope.js';

@UseInterceptors(ScimMediaType)
@Controller(['/scim2', '/t/:tenant/scim2'])
export class ScimBulkController {
  constructor(private readonly bulk: ScimBulkService) {}

  @Operation({
    method: 'POST',
    path: '/Bulk',
    auth: 'admin',
    summary: 'Many operations at once',
    body: bulkBody,
    status: 200,
  })
  run(@Ctx() ctx: RequestContext, @Body() body: BulkBody, @Param('tenant') tenant?: string): Promise<object> {
    return this.bulk.run(ctx, body, scimBase(ctx, tenant));
  }
}
