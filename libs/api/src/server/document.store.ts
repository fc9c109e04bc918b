import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { In } from 'typeorm';
import { callerName, seesEverything } from './access.js';
import { ApiDocument, ApiDocumentContent } from './document.entity.js';

/** The API that a document belongs to. */
export type DocumentedApi = Readonly<{ id: number; uuid: string; provider: string; organization: string }>;

/** What a document holds. */
export interface DocumentContent {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** Reads documents as far as the caller may see them, and carries them along when an API is copied or deleted. */
@Injectable()
export class DocumentStore {
  constructor(
    private readonly db: Database,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Those that the caller may see, oldest first. */
  async list(ctx: RequestContext, api: DocumentedApi): Promise<ApiDocument[]> {
    const all = await managerOf(this.db, ctx).find(ApiDocument, { where: { apiId: api.id }, order: { id: 'ASC' } });
    return all.filter((document) => maySee(ctx, api, document));
  }

  /** @throws NotFoundError when the API has none of this id, or the caller may not see it */
  async get(ctx: RequestContext, api: DocumentedApi, uuid: string): Promise<ApiDocument> {
    const found = await managerOf(this.db, ctx).findOneBy(ApiDocument, { apiId: api.id, uuid });
    if (!found || !maySee(ctx, api, found)) throw new NotFoundError('Document', uuid);
    return found;
  }

  /** null when nothing has been written or uploaded yet. */
  async content(ctx: RequestContext, { id, sourceType }: ApiDocument): Promise<DocumentContent | null> {
    const found = await managerOf(this.db, ctx).findOneBy(ApiDocumentContent, { documentId: id });
    if (!found) return null;
    const encoding = sourceType === 'FILE' ? 'base64' : 'utf8';
    return { mediaType: found.mediaType, bytes: Buffer.from(found.data, encoding) };
  }

  /** Gives an API the documents of another one. */
  async copyAll(tx: Transaction, sourceId: number, copyId: number): Promise<void> {
    const now = this.clock.nowMs();
    const documents = await tx.manager.find(ApiDocument, { where: { apiId: sourceId }, order: { id: 'ASC' } });
    for (const { id, ...document } of documents) {
      const uuid = randomUUID();
      const fresh = { uuid, apiId: copyId, rowVersion: 1, createdAt: now, updatedAt: now };
      const copy = tx.manager.create(ApiDocument, { ...document, ...fresh });
      await tx.manager.insert(ApiDocument, copy);
      const content = await tx.manager.findOneBy(ApiDocumentContent, { documentId: id });
      if (content === null) continue;
      const { mediaType, data } = content;
      await tx.manager.insert(ApiDocumentContent, { documentId: copy.id, mediaType, data });
    }
  }

  async removeAll(tx: Transaction, apiId: number): Promise<void> {
    const documents = await tx.manager.find(ApiDocument, { select: { id: true }, where: { apiId } });
    if (documents.length === 0) return;
    await tx.manager.delete(ApiDocumentContent, { documentId: In(documents.map(({ id }) => id)) });
    await tx.manager.delete(ApiDocument, { apiId });
  }
}

function maySee(ctx: RequestContext, api: DocumentedApi, { visibility, createdBy }: ApiDocument): boolean {
  if (visibility === 'API_LEVEL') return true;
  if (ctx.principal === null) return false; // a visitor, never the system here
  if (seesEverything(ctx)) return true;
  return visibility === 'PRIVATE' || [createdBy, api.provider].includes(callerName(ctx));
}
