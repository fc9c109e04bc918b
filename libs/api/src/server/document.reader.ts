import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { ApiReader } from './api.reader.js';
import type { ApiDocument } from './document.entity.js';
import { DocumentStore, type DocumentContent } from './document.store.js';

/** Documents of visible APIs, for subscribers and visitors. Every method throws NotFoundError for what the caller may not see. */
@Injectable()
export class DocumentReader {
  constructor(
    private readonly apis: ApiReader,
    private readonly store: DocumentStore,
  ) {}

  async list(ctx: RequestContext, apiUuid: string): Promise<ApiDocument[]> {
    return this.store.list(ctx, await this.apis.getVisible(ctx, apiUuid));
  }

  async get(ctx: RequestContext, apiUuid: string, uuid: string): Promise<ApiDocument> {
    return this.store.get(ctx, await this.apis.getVisible(ctx, apiUuid), uuid);
  }

  async content(
    ctx: RequestContext,
    apiUuid: string,
    uuid: string,
  ): Promise<{ document: ApiDocument; content: DocumentContent | null }> {
    const document = await this.get(ctx, apiUuid, uuid);
    return { document, content: await this.store.content(ctx, document) };
  }
}
