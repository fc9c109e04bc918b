import { Controller, Req } from '@nestjs/common';
import { InvalidInputError, JsonTextError, parseStrictJson } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, Query, readForm } from '@tollgate/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { adminPaths } from '../surface.js';
import { PolicyTransfer, policyTypes } from './policy-transfer.js';

const scopes = ['apim:admin', 'apim:tier_manage', 'apim:policies_import_export'];

const exportQuery = z.object({
  policyId: z.string().min(1).max(64).optional(),
  name: z.string().min(1).max(60).optional(),
  type: z.enum(policyTypes).optional(),
});
const importQuery = z.object({
  /** Clients write `True` as well. */
  overwrite: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(['true', 'false']))
    .optional(),
});

/** Policies as files. */
@Controller(adminPaths('/throttling/policies'))
export class PolicyTransferController {
  constructor(private readonly transfer: PolicyTransfer) {}

  @Operation({ method: 'GET', path: '/export', scopes, summary: 'Write a policy for a file', query: exportQuery })
  export(@Ctx() ctx: RequestContext, @Query() query: z.infer<typeof exportQuery>): Promise<object> {
    const { policyId: id, name, type } = query;
    return this.transfer.write(ctx, { id, name, type });
  }

  @Operation({
    method: 'POST',
    path: '/import',
    status: 200,
    scopes,
    summary: 'Make or change a policy from a file',
    query: importQuery,
    consumes: ['multipart/form-data'],
  })
  async import(
    @Ctx() ctx: RequestContext,
    @Query() { overwrite }: z.infer<typeof importQuery>,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const { file } = await readForm(request, ['file']);
    if (file === undefined) throw badFile('Send the exported policy as the part "file".');
    await this.transfer.read(ctx, contentOf(file), overwrite === 'true');
  }
}

function contentOf(file: string): unknown {
  try {
    return parseStrictJson(file);
  } catch (error) {
    if (error instanceof JsonTextError) throw badFile(`Is no JSON as the export writes it: ${error.message}`);
    throw error;
  }
}

function badFile(message: string): InvalidInputError {
  return new InvalidInputError([{ field: 'file', message }]);
}
