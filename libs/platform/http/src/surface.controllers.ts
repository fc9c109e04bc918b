import { Controller, Res, type Type } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { OpenApiDocuments } from './openapi.js';
import { Operation } from './operation.js';
import { referencePagePolicy, renderReferencePage, type DescribedDocument } from './reference-page.js';

export interface Surface {
  /** For example `Tollgate administration`. */
  readonly title: string;
  /** Plain sentences: what this surface is and who uses it. */
  readonly paragraphs: readonly string[];
  /** Base path of the REST API: `/api/am/admin/v4`. */
  readonly base: string;
  /** Where the page is served: `/admin`. */
  readonly pagePath: string;
}

/** A controller that serves `{base}/openapi.json`, made from the running routes. */
export function openApiController({ title, base }: Pick<Surface, 'title' | 'base'>): Type<object> {
  @Controller(base)
  class OpenApiController {
    constructor(private readonly documents: OpenApiDocuments) {}

    @Operation({ method: 'GET', path: '/openapi.json', auth: 'public', summary: 'This surface as OpenAPI 3.1' })
    document(): object {
      return this.documents.document(base, title);
    }
  }
  return OpenApiController;
}

/** A controller that serves the page of a surface: what it is, and its operations. */
export function referencePageController(surface: Surface): Type<object> {
  const { title, paragraphs, base, pagePath } = surface;

  @Controller(pagePath)
  class ReferencePageController {
    constructor(private readonly documents: OpenApiDocuments) {}

    @Operation({ method: 'GET', path: '/', auth: 'public', summary: `${title}: this page` })
    async page(@Res() reply: FastifyReply): Promise<void> {
      const document = this.documents.document(base, title) as DescribedDocument;
      const html = renderReferencePage(document, { title, paragraphs, base, documentPath: `${base}/openapi.json` });
      await reply
        .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': referencePagePolicy })
        .send(html);
    }
  }
  return ReferencePageController;
}
