import { Controller, Param, Res } from '@nestjs/common';
import { DocumentReader, sendDocument, type ApiDocument } from '@tollgate/api/server';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, pageOf, pageQuery, Query, type Page } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { ApiAnswers } from '../mappers/api-answers.js';
import { documentAnswer, documentListAnswer, type DocumentAnswer } from '../schemas/document.js';
import { devportalBase, tellVersion } from './base.js';

/** Documents of an API (contract tag "API Documents"). Open to visitors, who see those of what is public. */
@Controller(devportalBase)
export class DocumentsController {
  constructor(
    private readonly apis: ApiAnswers,
    private readonly documents: DocumentReader,
  ) {}

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/documents',
    auth: 'optional',
    summary: 'Documents of an API',
    query: pageQuery,
    answer: documentListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string, @Query() page: Page): Promise<object> {
    await this.apis.visible(ctx, apiId);
    const all = await this.documents.list(ctx, apiId);
    const rows = all.slice(page.offset, page.offset + page.limit).map(answerOf);
    return pageOf(rows, all.length, page, `/apis/${apiId}/documents`);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/documents/:documentId',
    auth: 'optional',
    summary: 'Read what a document is',
    answer: documentAnswer,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('documentId') documentId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DocumentAnswer> {
    await this.apis.visible(ctx, apiId);
    const document = await this.documents.get(ctx, apiId, documentId);
    tellVersion(reply, document.rowVersion);
    return answerOf(document);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/documents/:documentId/content',
    auth: 'optional',
    summary: 'Text or file of a document, or 303 to its address',
  })
  async content(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('documentId') documentId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    await this.apis.visible(ctx, apiId);
    const { document, content } = await this.documents.content(ctx, apiId, documentId);
    return sendDocument(reply, document, content);
  }
}

function answerOf({ uuid, name, type, otherTypeName, summary, sourceType, sourceUrl }: ApiDocument): DocumentAnswer {
  return {
    documentId: uuid,
    name,
    type,
    ...(otherTypeName === null ? {} : { otherTypeName }),
    ...(summary === '' ? {} : { summary }),
    sourceType,
    ...(sourceUrl === null ? {} : { sourceUrl }),
  };
}
