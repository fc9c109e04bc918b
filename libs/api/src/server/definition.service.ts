import { Injectable } from '@nestjs/common';
import { Database, type RequestContext } from '@tollgate/database';
import { alignDefinition, followDefinition, type ApiBody } from '../domain/index.js';
import { ApiService } from './api.service.js';
import { ApiStore } from './api.store.js';
import { DefinitionReader } from './definition-reader.js';

/** The OpenAPI definition of an API's working copy. */
@Injectable()
export class DefinitionService {
  constructor(
    private readonly db: Database,
    private readonly store: ApiStore,
    private readonly apis: ApiService,
    private readonly reader: DefinitionReader,
  ) {}

  /** JSON text and the version it belongs to. */
  async get(ctx: RequestContext, apiUuid: string): Promise<{ text: string; rowVersion: number; updatedAt: number }> {
    const api = await this.store.get(ctx, apiUuid);
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
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.get(tx, apiUuid);
      const operations = followDefinition(api.body.operations, definition, content);
      const kept = operations.length > 0 ? operations : api.body.operations;
      const body: ApiBody = {
        ...api.body,
        isDefaultVersion: api.defaultOf !== null,
        operations: kept,
        scopes: [...content.scopes],
      };
      const aligned = alignDefinition(JSON.stringify(definition.document), {
        name: api.name,
        version: api.version,
        body,
      });
      await this.apis.write(tx, api, body, aligned, expectedVersion);
      return aligned;
    });
  }
}
