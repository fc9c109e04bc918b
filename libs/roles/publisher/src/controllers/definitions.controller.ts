import { Controller, Param, Req, Res } from '@nestjs/common';
import { InvalidDefinitionError, normalizeContext, parseSearch } from '@tollgate/api/domain';
import { ApiCatalogReader, DefinitionReader, DefinitionService, ImportService } from '@tollgate/api/server';
import { ApimError, InvalidInputError, JsonTextError, NotFoundError, parseStrictJson } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation, parseInput, Query, readForm } from '@tollgate/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DefinitionForm } from '../definition-form.js';
import { apiAnswer } from '../mappers/api.mapper.js';
import { importedApiBody, topicsBody, validateQuery, type TopicsBody, type ValidateQuery } from '../schemas/api.js';
import { callerHas, publisherBase, scopes, tellVersion } from './base.js';

const form = ['multipart/form-data'];
const contentQuery = z.object({ returnContent: z.enum(['true', 'false']).default('false') });

/** OpenAPI and AsyncAPI definitions: import, validation, read and replace. */
@Controller(publisherBase)
export class DefinitionsController {
  constructor(
    private readonly definitions: DefinitionService,
    private readonly reader: DefinitionReader,
    private readonly imports: ImportService,
    private readonly catalog: ApiCatalogReader,
    private readonly forms: DefinitionForm,
  ) {}

  @Operation({
    method: 'POST',
    path: '/apis/import-openapi',
    scopes: scopes.create,
    summary: 'Make an API of an OpenAPI definition',
    consumes: form,
  })
  async import(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { additionalProperties, ...parts } = await readForm(request, [
      'file',
      'url',
      'inlineAPIDefinition',
      'additionalProperties',
    ]);
    const { name, context, version, ...input } = parseInput(
      importedApiBody,
      readProperties(additionalProperties),
      'additionalProperties',
    );
    const api = await this.imports.import(ctx, {
      definition: await this.forms.textOf(parts),
      identity: withoutAbsent({ name, context, version }),
      input,
    });
    tellVersion(reply, api.rowVersion, `/apis/${api.uuid}`);
    return apiAnswer(api);
  }

  @Operation({
    method: 'POST',
    path: '/apis/validate-openapi',
    status: 200,
    scopes: scopes.create,
    summary: 'Check an OpenAPI definition',
    consumes: form,
    query: contentQuery,
  })
  async validateDefinition(
    @Req() request: FastifyRequest,
    @Query() query: z.output<typeof contentQuery>,
  ): Promise<object> {
    const text = await this.forms.textOf(await readForm(request, ['file', 'url', 'inlineAPIDefinition']));
    return validation(text, query.returnContent === 'true', async () => {
      const { content, versionText } = await this.reader.read(text);
      const { name, version, context, description, endpoints } = content;
      return { name, version, context, description, openAPIVersion: versionText, endpoints };
    });
  }

  @Operation({
    method: 'POST',
    path: '/apis/import-asyncapi',
    scopes: scopes.create,
    summary: 'Make an API of topics (WS or SSE) of an AsyncAPI definition',
    consumes: form,
  })
  async importAsync(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { additionalProperties, ...parts } = await readForm(request, ['file', 'url', 'additionalProperties']);
    const properties = readProperties(additionalProperties);
    const { name, context, version, ...input } = parseInput(importedApiBody, properties, 'additionalProperties');
    const saysType = (properties as { type?: unknown } | null)?.type != null;
    const asked = {
      definition: await this.forms.textOf(parts),
      identity: withoutAbsent({ name, context, version }),
      input,
    };
    const api = await this.imports.importAsync(ctx, asked, saysType ? input.type : undefined);
    tellVersion(reply, api.rowVersion, `/apis/${api.uuid}`);
    return apiAnswer(api);
  }

  @Operation({
    method: 'POST',
    path: '/apis/validate-asyncapi',
    status: 200,
    scopes: scopes.create,
    summary: 'Check an AsyncAPI definition',
    consumes: form,
    query: contentQuery,
  })
  async validateAsync(@Req() request: FastifyRequest, @Query() query: z.output<typeof contentQuery>): Promise<object> {
    const text = await this.forms.textOf(await readForm(request, ['file', 'url']));
    return validation(text, query.returnContent === 'true', async () => {
      const { content, versionText } = await this.reader.readAsync(text);
      const { name, version, context, description, endpoints, type } = content;
      const protocol = type === null ? {} : { protocol: type };
      return { name, version, context, description, asyncAPIVersion: versionText, ...protocol, endpoints };
    });
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/asyncapi',
    scopes: scopes.viewDefinition,
    summary: 'Read the AsyncAPI definition of an API',
  })
  async getAsync(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    return answered(request, reply, await this.definitions.get(ctx, apiId, 'AsyncAPI'));
  }

  @Operation({
    method: 'PUT',
    path: '/apis/:apiId/asyncapi',
    scopes: scopes.create,
    summary: 'Replace the AsyncAPI definition of an API',
    consumes: form,
  })
  async putAsync(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Req() request: FastifyRequest,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const text = await this.sent(request);
    return asJson(reply, await this.definitions.putAsync(ctx, apiId, text, version));
  }

  @Operation({
    method: 'PUT',
    path: '/apis/:apiId/topics',
    scopes: scopes.create,
    summary: 'Replace the topics of an API',
    body: topicsBody,
  })
  async putTopics(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Body() body: TopicsBody,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const api = await this.definitions.putTopics(ctx, apiId, body.list, version);
    tellVersion(reply, api.rowVersion, `/apis/${api.uuid}`);
    return apiAnswer(api);
  }

  /** 200 when an API has exactly this name, context or version, 404 when none has. */
  @Operation({
    method: 'POST',
    path: '/apis/validate',
    status: 200,
    scopes: scopes.create,
    summary: 'Ask whether a name or context is taken',
    query: validateQuery,
  })
  async validate(@Ctx() ctx: RequestContext, @Query() query: ValidateQuery): Promise<void> {
    const where: { name?: string; context?: string; version?: string } = {};
    for (const term of parseSearch(query.query)) {
      if (term.field !== 'name' && term.field !== 'context' && term.field !== 'version')
        throw new InvalidInputError([{ field: 'query', message: 'Ask for name:, context: or version:.' }]);
      where[term.field] = term.field === 'context' ? normalizeContext(term.value, ctx.organization) : term.value;
    }
    if (!(await this.catalog.isTaken(ctx, where))) throw new NotFoundError('API', query.query.slice(0, 200));
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/swagger',
    scopes: scopes.viewDefinition,
    summary: 'Read the OpenAPI definition of an API',
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    return answered(request, reply, await this.definitions.get(ctx, apiId));
  }

  @Operation({
    method: 'PUT',
    path: '/apis/:apiId/swagger',
    scopes: scopes.create,
    summary: 'Replace the OpenAPI definition of an API',
    consumes: form,
  })
  async put(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Req() request: FastifyRequest,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const text = await this.sent(request);
    return asJson(reply, await this.definitions.put(ctx, apiId, text, version));
  }

  /** The definition of a form, as a file, a URL or text. */
  private async sent(request: FastifyRequest): Promise<string> {
    return this.forms.textOf(await readForm(request, ['file', 'url', 'apiDefinition']));
  }
}

/** A definition as the document it is; undefined, with 304, when the caller has this version of it. */
function answered(
  request: FastifyRequest,
  reply: FastifyReply,
  { text, rowVersion }: { readonly text: string; readonly rowVersion: number },
): string | undefined {
  return callerHas(request, reply, rowVersion) ? undefined : asJson(reply, text);
}

function asJson(reply: FastifyReply, text: string): string {
  void reply.header('content-type', 'application/json; charset=utf-8');
  return text;
}

/** A malformed definition is an answer here, not an error. */
async function validation(text: string, withContent: boolean, read: () => Promise<object>): Promise<object> {
  try {
    const info = await read();
    return { isValid: true, ...(withContent ? { content: text } : {}), info };
  } catch (error) {
    if (!(error instanceof InvalidDefinitionError)) throw error;
    return { isValid: false, errors: error.problems.map((problem) => problemAnswer(error, problem)) };
  }
}

function readProperties(text: string | undefined): unknown {
  if (text === undefined || text.trim() === '') return {};
  try {
    return parseStrictJson(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new InvalidInputError([
      { field: 'additionalProperties', message: `It is not valid JSON: ${error.message}.` },
    ]);
  }
}

function withoutAbsent(identity: {
  name?: string | null | undefined;
  context?: string | null | undefined;
  version?: string | null | undefined;
}) {
  const { name, context, version } = identity;
  return {
    ...(name == null ? {} : { name }),
    ...(context == null ? {} : { context }),
    ...(version == null ? {} : { version }),
  };
}

function problemAnswer(error: ApimError, problem: InvalidDefinitionError['problems'][number]): object {
  const place = `line ${problem.line}, column ${problem.column}`;
  return {
    code: String(error.wireCode),
    message: problem.reason,
    description: `${place}${problem.pointer ? ` (${problem.pointer})` : ''}`,
  };
}
