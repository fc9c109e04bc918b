import { Controller, Param, Req, Res } from '@nestjs/common';
import { DocumentService, sendDocument, type NewContent } from '@tollgate/api/server';
import { InvalidInputError, NotFoundError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import {
  Body,
  Ctx,
  IfMatch,
  Operation,
  pageOf,
  pageQuery,
  Query,
  readUpload,
  type Page,
  type Upload,
} from '@tollgate/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { documentAnswerOf } from '../mappers/document.mapper.js';
import {
  documentAnswer,
  documentBody,
  documentListAnswer,
  documentNameQuery,
  type DocumentAnswer,
  type DocumentBody,
  type DocumentNameQuery,
} from '../schemas/document.js';
import { callerHas, publisherBase, scopes, tellVersion } from './base.js';

/** Documents of an API (contract tag "API Documents"). */
@Controller(publisherBase)
export class DocumentsController {
  constructor(private readonly documents: DocumentService) {}

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/documents',
    scopes: scopes.viewDocuments,
    summary: 'Documents of an API',
    query: pageQuery,
    answer: documentListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string, @Query() page: Page): Promise<object> {
    const all = await this.documents.list(ctx, apiId);
    const rows = all.slice(page.offset, page.offset + page.limit).map(documentAnswerOf);
    return pageOf(rows, all.length, page, `/apis/${apiId}/documents`);
  }

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/documents',
    scopes: scopes.addDocuments,
    summary: 'Add a document',
    body: documentBody,
    answer: documentAnswer,
  })
  async create(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Body() body: DocumentBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DocumentAnswer> {
    const made = await this.documents.create(ctx, apiId, body);
    tellVersion(reply, made.rowVersion, `/apis/${apiId}/documents/${made.uuid}`);
    return documentAnswerOf(made);
  }

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/documents/validate',
    status: 200,
    scopes: scopes.addDocuments,
    summary: 'Whether a document of this name exists: 200 when it does, else 404',
    query: documentNameQuery,
  })
  async validate(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Query() { name }: DocumentNameQuery,
  ): Promise<void> {
    if (!(await this.documents.isNameTaken(ctx, apiId, name))) throw new NotFoundError('Document', name);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/documents/:documentId',
    scopes: scopes.viewDocuments,
    summary: 'Read what a document is',
    answer: documentAnswer,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('documentId') documentId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DocumentAnswer | undefined> {
    const document = await this.documents.get(ctx, apiId, documentId);
    return callerHas(request, reply, document.rowVersion) ? undefined : documentAnswerOf(document);
  }

  @Operation({
    method: 'PUT',
    path: '/apis/:apiId/documents/:documentId',
    scopes: scopes.changeDocuments,
    summary: 'Change what a document is',
    body: documentBody,
    answer: documentAnswer,
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('documentId') documentId: string,
    @Body() body: DocumentBody,
    @IfMatch() expectedVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DocumentAnswer> {
    const changed = await this.documents.update(ctx, apiId, documentId, body, expectedVersion);
    tellVersion(reply, changed.rowVersion);
    return documentAnswerOf(changed);
  }

  @Operation({
    method: 'DELETE',
    path: '/apis/:apiId/documents/:documentId',
    scopes: scopes.changeDocuments,
    summary: 'Delete a document',
  })
  async remove(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('documentId') documentId: string,
    @IfMatch() expectedVersion: number | undefined,
  ): Promise<void> {
    await this.documents.remove(ctx, apiId, documentId, expectedVersion);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/documents/:documentId/content',
    scopes: scopes.viewDocuments,
    summary: 'Text or file of a document, or 303 to its address',
  })
  async content(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('documentId') documentId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const { document, content } = await this.documents.content(ctx, apiId, documentId);
    return sendDocument(reply, document, content);
  }

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/documents/:documentId/content',
    status: 200,
    scopes: scopes.addDocuments,
    summary: 'Write the text of a document, or upload its file',
    consumes: ['multipart/form-data'],
  })
  async write(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('documentId') documentId: string,
    @Req() request: FastifyRequest,
    @IfMatch() expectedVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DocumentAnswer> {
    const given = contentOf(await readUpload(request, 'file', 'inlineContent'));
    const changed = await this.documents.writeContent(ctx, apiId, documentId, given, expectedVersion);
    tellVersion(reply, changed.rowVersion, `/apis/${apiId}/documents/${documentId}/content`);
    return documentAnswerOf(changed);
  }
}

function contentOf({ file, text }: { file?: Upload; text?: string }): NewContent {
  if (file !== undefined && text === undefined) return { file };
  if (text !== undefined && file === undefined) return { text };
  throw new InvalidInputError([{ field: 'file', message: 'Send either a file or inlineContent.' }]);
}
