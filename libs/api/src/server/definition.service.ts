import { Injectable } from '@nestjs/common';
import { Database, type RequestContext } from '@tollgate/database';
import { NotFoundError } from '@tollgate/base';
import {
  alignDefinitionOf,
  describeTopics,
  followDefinition,
  isOfTopics,
  operationsOfTopics,
  type ApiBody,
  type DefinitionContent,
  type Topic,
} from '../domain/index.js';
import type { Api } from './api.entity.js';
import { ApiService } from './api.service.js';
import { ApiStore } from './api.store.js';
import { DefinitionReader } from './definition-reader.js';

export type DefinitionLanguage = 'OpenAPI' | 'AsyncAPI';

function requireLanguage({ body, name }: Api, language: DefinitionLanguage): void {
  if (isOfTopics(body.type) !== (language === 'AsyncAPI'))
    throw new NotFoundError(`${language} definition of API`, name);
}

/** The definition of an API's working copy: OpenAPI, or AsyncAPI for topics. */
@Injectable()
export class DefinitionService {
  constructor(
    private readonly db: Database,
    private readonly store: ApiStore,
    private readonly apis: ApiService,
    private readonly reader: DefinitionReader,
  ) {}

  /** JSON text and the version it belongs to. @throws NotFoundError when the API's definition is in the other language */
  async get(
    ctx: RequestContext,
    apiUuid: string,
    language: DefinitionLanguage = 'OpenAPI',
  ): Promise<{ text: string; rowVersion: number; updatedAt: number }> {
    const api = await this.store.get(ctx, apiUuid);
    requireLanguage(api, language);
    return { text: await this.store.definition(ctx, api), rowVersion: api.rowVersion, updatedAt: api.updatedAt };
  }

  /**
   * Takes a new definition over: the API's operations and scopes follow it, its name and version stay.
   * @param text JSON or YAML
   * @throws InvalidDefinitionError with line, column and reason; then nothing is changed
   */
  async put(ctx: RequestContext, apiUuid: string, text: string, expectedVersion?: number): Promise<string> {
    const definition = await this.reader.read(text);
    const { content } = definition;
    return this.write(ctx, apiUuid, definition.document, content, expectedVersion, 'OpenAPI');
  }

  /** The same with an AsyncAPI definition. */
  async putAsync(ctx: RequestContext, apiUuid: string, text: string, expectedVersion?: number): Promise<string> {
    const { document, content } = await this.reader.readAsync(text);
    return this.write(ctx, apiUuid, document, content, expectedVersion, 'AsyncAPI');
  }

  /**
   * Takes these topics in place of those there are: one that stays keeps its callers, policy and scopes. What they mean is
   * said in the definition.
   * @throws NotFoundError for an API without topics; InvalidInputError for a mode that its type does not have
   */
  putTopics(ctx: RequestContext, apiUuid: string, topics: readonly Topic[], expectedVersion?: number): Promise<Api> {
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.get(tx, apiUuid);
      requireLanguage(api, 'AsyncAPI');
      const operations = operationsOfTopics(topics, api.body.operations);
      const body: ApiBody = { ...api.body, isDefaultVersion: api.defaultOf !== null, operations };
      const aligned = alignDefinitionOf(await this.store.definition(tx, api), {
        name: api.name,
        version: api.version,
        body,
      });
      return this.apis.write(tx, api, body, describeTopics(aligned, topics), expectedVersion);
    });
  }

  private write(
    ctx: RequestContext,
    apiUuid: string,
    document: Readonly<Record<string, unknown>>,
    content: DefinitionContent,
    expectedVersion: number | undefined,
    language: DefinitionLanguage,
  ): Promise<string> {
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.get(tx, apiUuid);
      requireLanguage(api, language);
      const operations = isOfTopics(api.body.type)
        ? content.operations
        : followDefinition(api.body.operations, { document }, content);
      const kept = operations.length > 0 ? operations : api.body.operations;
      const body: ApiBody = {
        ...api.body,
        isDefaultVersion: api.defaultOf !== null,
        operations: kept,
        scopes: [...content.scopes],
      };
      const aligned = alignDefinitionOf(JSON.stringify(document), {
        name: api.name,
        version: api.version,
        body,
      });
      await this.apis.write(tx, api, body, aligned, expectedVersion);
      return aligned;
    });
  }
}
