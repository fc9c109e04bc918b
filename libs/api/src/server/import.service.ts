import { Injectable } from '@nestjs/common';
import { InvalidInputError, type FieldProblem } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { isOfTopics, onlyThese, type ApiIdentity, type ApiInput, type DefinitionContent } from '../domain/index.js';
import { ApiService } from './api.service.js';
import type { Api } from './api.entity.js';
import { DefinitionReader } from './definition-reader.js';

export interface ImportRequest {
  /** JSON or YAML: OpenAPI, or AsyncAPI for an API of topics. */
  readonly definition: string;
  /** What the caller says itself; the definition's own title, version and path are taken for what it leaves out. */
  readonly identity: Partial<ApiIdentity>;
  readonly input: ApiInput;
}

/** Makes an API out of a definition. */
@Injectable()
export class ImportService {
  constructor(
    private readonly apis: ApiService,
    private readonly definitions: DefinitionReader,
  ) {}

  /** @throws InvalidDefinitionError with line, column and reason; nothing is stored then */
  async import(ctx: RequestContext, request: ImportRequest): Promise<Api> {
    const { document, content } = await this.definitions.read(request.definition);
    if (isOfTopics(request.input.type))
      throw new InvalidInputError([
        { field: 'additionalProperties.type', message: 'Import an AsyncAPI definition for topics.' },
      ]);
    return this.create(ctx, request, content, document);
  }

  /** The type is what the caller says, else that of the definition's servers, else WS. @throws as `import` */
  async importAsync(ctx: RequestContext, request: ImportRequest, type: ApiInput['type'] | undefined): Promise<Api> {
    const { document, content } = await this.definitions.readAsync(request.definition);
    const wanted = type ?? content.type ?? 'WS';
    if (!isOfTopics(wanted))
      throw new InvalidInputError([{ field: 'additionalProperties.type', message: onlyThese(['WS', 'SSE']) }]);
    return this.create(ctx, { ...request, input: { ...request.input, type: wanted } }, content, document);
  }

  private create(
    ctx: RequestContext,
    request: ImportRequest,
    content: DefinitionContent,
    document: Readonly<Record<string, unknown>>,
  ): Promise<Api> {
    const { input } = request;
    return this.apis.create(ctx, {
      identity: identityOf(request.identity, content),
      input: {
        ...input,
        description: input.description ?? (content.description.slice(0, 32_766) || undefined),
        operations:
          input.operations ?? content.operations.map((operation) => ({ ...operation, operationPolicies: undefined })),
        scopes: input.scopes.length > 0 ? input.scopes : [...content.scopes],
      },
      definition: JSON.stringify(document),
    });
  }
}

function identityOf(said: Partial<ApiIdentity>, content: DefinitionContent): ApiIdentity {
  const identity = {
    name: said.name ?? content.name,
    context: said.context ?? content.context,
    version: said.version ?? content.version,
  };
  const missing: FieldProblem[] = Object.entries(identity)
    .filter(([, value]) => value === '')
    .map(([field]) => ({
      field: `additionalProperties.${field}`,
      message: `The definition proposes no ${field}; say it here.`,
    }));
  if (missing.length > 0) throw new InvalidInputError(missing);
  return identity;
}
