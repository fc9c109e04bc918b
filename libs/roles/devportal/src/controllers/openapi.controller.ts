import { Controller } from '@nestjs/common';
import { OpenApiDocuments, Operation } from '@tollgate/http';
import { devportalBase } from './base.js';

@Controller(devportalBase)
export class OpenApiController {
  constructor(private readonly documents: OpenApiDocuments) {}

  @Operation({ method: 'GET', path: '/openapi.json', auth: 'public', summary: 'This surface as OpenAPI 3.1' })
  document(): object {
    return this.documents.document(devportalBase[0] ?? '', 'Tollgate developer portal');
  }
}
