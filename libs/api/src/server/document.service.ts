import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ApimError, ConflictError, InvalidInputError, tollgateClock, type Clock } from '@tollgate/base';
import {
  Database,
  isDuplicateKey,
  managerOf,
  updateVersioned,
  type RequestContext,
  type Transaction,
} from '@tollgate/database';
import { documentProblems, isText, mostDocuments, type DocumentInput } from '../domain/index.js';
import { callerName } from './access.js';
import { ApiStore } from './api.store.js';
import { ApiDocument, ApiDocumentContent } from './document.entity.js';
import { DocumentStore, type DocumentContent } from './document.store.js';

/** What is put into a document: text, or a file with its name. */
export type NewContent =
  | { readonly text: string }
  | { readonly file: { readonly name: string; readonly mediaType: string; readonly bytes: Buffer } };

/** Documents of an API, for those who manage it. */
@Injectable()
export class DocumentService {
  constructor(
    private readonly db: Database,
    private readonly apis: ApiStore,
    private readonly store: DocumentStore,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async list(ctx: RequestContext, apiUuid: string): Promise<ApiDocument[]> {
    return this.store.list(ctx, await this.apis.get(ctx, apiUuid));
  }

  /** @throws NotFoundError */
  async get(ctx: RequestContext, apiUuid: string, uuid: string): Promise<ApiDocument> {
    return this.store.get(ctx, await this.apis.get(ctx, apiUuid), uuid);
  }

  /** Also of a document that the caller may not see: the name is taken all the same. */
  async isNameTaken(ctx: RequestContext, apiUuid: string, name: string): Promise<boolean> {
    const { id: apiId } = await this.apis.get(ctx, apiUuid);
    return managerOf(this.db, ctx).existsBy(ApiDocument, { apiId, name });
  }

  /** @throws NotFoundError */
  async content(
    ctx: RequestContext,
    apiUuid: string,
    uuid: string,
  ): Promise<{ document: ApiDocument; content: DocumentContent | null }> {
    const document = await this.get(ctx, apiUuid, uuid);
    return { document, content: await this.store.content(ctx, document) };
  }

  /** @throws InvalidInputError; ConflictError when the name is taken */
  create(ctx: RequestContext, apiUuid: string, input: DocumentInput): Promise<ApiDocument> {
    requireRules(input);
    return this.withoutDuplicates(ctx, input.name, async (tx) => {
      const api = await this.apis.lock(tx, apiUuid);
      if ((await tx.manager.countBy(ApiDocument, { apiId: api.id })) >= mostDocuments) throw full();
      const [now, createdBy] = [this.clock.nowMs(), callerName(tx)];
      const document = tx.manager.create(ApiDocument, {
        uuid: randomUUID(),
        organization: tx.organization,
        rowVersion: 1,
        createdAt: now,
        updatedAt: now,
        apiId: api.id,
        fileName: null,
        createdBy,
        updatedBy: createdBy,
        ...columnsOf(input),
      });
      await tx.manager.insert(ApiDocument, document);
      if (input.inlineContent !== undefined && isText(input.sourceType))
        await this.put(tx, document, 'text/plain', input.inlineContent);
      return document;
    });
  }

  /**
   * Replaces everything but the content, which goes only when another kind of source takes its place.
   * @throws InvalidInputError, NotFoundError, ConflictError, StaleVersionError
   */
  update(
    ctx: RequestContext,
    apiUuid: string,
    uuid: string,
    input: DocumentInput,
    expectedVersion?: number,
  ): Promise<ApiDocument> {
    requireRules(input);
    return this.withoutDuplicates(ctx, input.name, async (tx) => {
      const document = await this.get(tx, apiUuid, uuid);
      const keepsContent =
        document.sourceType === input.sourceType || (isText(document.sourceType) && isText(input.sourceType));
      if (!keepsContent) await tx.manager.delete(ApiDocumentContent, { documentId: document.id });
      const fileName = keepsContent ? document.fileName : null;
      await this.change(tx, document, { ...columnsOf(input), fileName }, expectedVersion);
      if (input.inlineContent !== undefined && isText(input.sourceType))
        await this.put(tx, document, 'text/plain', input.inlineContent);
      return document;
    });
  }

  /** @throws InvalidInputError when the source of the document is another one; NotFoundError, StaleVersionError */
  writeContent(
    ctx: RequestContext,
    apiUuid: string,
    uuid: string,
    given: NewContent,
    expectedVersion?: number,
  ): Promise<ApiDocument> {
    return this.db.transaction(ctx, async (tx) => {
      const document = await this.get(tx, apiUuid, uuid);
      requireSource(document, given);
      const fileName = 'file' in given ? given.file.name.slice(0, 255) : null;
      await this.change(tx, document, { fileName }, expectedVersion);
      if ('file' in given) await this.put(tx, document, given.file.mediaType, given.file.bytes.toString('base64'));
      else await this.put(tx, document, 'text/plain', given.text);
      return document;
    });
  }

  /** @throws NotFoundError, StaleVersionError */
  async remove(ctx: RequestContext, apiUuid: string, uuid: string, expectedVersion?: number): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const document = await this.get(tx, apiUuid, uuid);
      await this.change(tx, document, {}, expectedVersion);
      await tx.manager.delete(ApiDocumentContent, { documentId: document.id });
      await tx.manager.delete(ApiDocument, { id: document.id });
    });
  }

  private async change(
    tx: Transaction,
    document: ApiDocument,
    changes: Partial<ApiDocument>,
    expectedVersion: number | undefined,
  ): Promise<void> {
    const version = expectedVersion === undefined ? {} : { expectedVersion };
    const all = { ...changes, updatedBy: callerName(tx) };
    await updateVersioned(tx, ApiDocument, document, all, { nowMs: this.clock.nowMs(), ...version });
  }

  private async put(tx: Transaction, { id }: ApiDocument, mediaType: string, data: string): Promise<void> {
    await tx.manager.upsert(ApiDocumentContent, { documentId: id, mediaType, data }, ['documentId']);
  }

  /** The unique key decides between two that take a name at the same time. */
  private async withoutDuplicates<T>(
    ctx: RequestContext,
    name: string,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.db.transaction(ctx, work);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const message = `This API has a document "${name}".`;
      throw new ConflictError('DOCUMENT_NAME_TAKEN', message, 'Choose another name.');
    }
  }
}

function columnsOf(input: DocumentInput) {
  const { name, type, summary, sourceType, visibility } = input;
  return {
    name,
    type,
    otherTypeName: type === 'OTHER' ? (input.otherTypeName ?? null) : null,
    summary,
    sourceType,
    sourceUrl: sourceType === 'URL' ? (input.sourceUrl ?? null) : null,
    visibility,
  };
}

function requireRules(input: DocumentInput): void {
  const problems = documentProblems(input);
  if (problems.length > 0) throw new InvalidInputError(problems);
}

function requireSource({ sourceType }: ApiDocument, given: NewContent): void {
  if ('file' in given && sourceType !== 'FILE')
    throw new InvalidInputError([
      { field: 'file', message: `The source of this document is ${sourceType}, not FILE.` },
    ]);
  if ('text' in given && !isText(sourceType)) {
    const message = `The source of this document is ${sourceType}, not INLINE or MARKDOWN.`;
    throw new InvalidInputError([{ field: 'inlineContent', message }]);
  }
}

function full(): ApimError {
  return new ApimError({
    code: 'TOO_MANY_DOCUMENTS',
    status: 409,
    message: `An API has at most ${mostDocuments} documents.`,
    action: 'Delete one that is not needed any more.',
  });
}
