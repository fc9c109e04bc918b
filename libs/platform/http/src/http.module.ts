import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { Logger } from '@tollgate/base';
import { AuthenticatorRegistry, OperationGuard } from './authentication.js';
import { ErrorFilter } from './error-filter.js';
import { ErrorShapeRegistry } from './error-shapes.js';
import { HealthController, HealthRegistry } from './health.js';
import { OpenApiDocuments } from './openapi.js';
import { httpLogger } from './tokens.js';

/** What every role's controllers stand on: guard, error translation, health, OpenAPI documents. */
@Global()
@Module({})
export class HttpModule {
  static forRoot(options: { log: Logger }): DynamicModule {
    return {
      module: HttpModule,
      controllers: [HealthController],
      providers: [
        { provide: httpLogger, useValue: options.log },
        { provide: APP_GUARD, useClass: OperationGuard },
        { provide: APP_FILTER, useClass: ErrorFilter },
        AuthenticatorRegistry,
        ErrorShapeRegistry,
        HealthRegistry,
        OpenApiDocuments,
      ],
      exports: [AuthenticatorRegistry, ErrorShapeRegistry, HealthRegistry, OpenApiDocuments, httpLogger],
    };
  }
}
