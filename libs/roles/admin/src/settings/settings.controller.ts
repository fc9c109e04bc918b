import { Controller, Inject } from '@nestjs/common';
import { tollgateConfig } from '@tollgate/base';
import { gatewayTypes } from '@tollgate/deployment/domain';
import { OpenApiDocuments, Operation } from '@tollgate/http';
import { mailSettings, type MailConfig } from '@tollgate/mail';
import { adminBase, adminPaths } from '../surface.js';

/** What a tool needs to know before it asks for a token or shows a form. */
@Controller(adminPaths('/settings'))
export class SettingsController {
  constructor(
    private readonly documents: OpenApiDocuments,
    @Inject(tollgateConfig) private readonly config: MailConfig,
  ) {}

  @Operation({
    method: 'GET',
    path: '/',
    scopes: ['apim:admin', 'apim:admin_settings'],
    summary: 'Settings of the administration surface',
  })
  settings(): object {
    return {
      scopes: this.scopes(),
      gatewayTypes: [...gatewayTypes],
      keyManagerConfiguration: [], // every external key manager is described by its metadata
      analyticsEnabled: false,
      mailEnabled: mailSettings(this.config) !== null,
    };
  }

  /** Every scope that an operation of this surface takes. */
  private scopes(): string[] {
    const own = this.documents.operations().filter((operation) => operation.fullPath.startsWith(adminBase));
    return [...new Set(own.flatMap((operation) => operation.scopes ?? []))].toSorted((a, b) =>
      a.localeCompare(b, 'en'),
    );
  }
}
