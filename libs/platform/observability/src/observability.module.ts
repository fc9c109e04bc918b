import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { tollgateLogger, type Logger } from '@tollgate/base';
import { AuthenticatorRegistry } from '@tollgate/http';
import type { FastifyInstance } from 'fastify';
import { metricsAuthenticator } from './metrics-access.js';
import { MetricsController } from './metrics.controller.js';
import { startProcessMetrics } from './metrics.js';
import { observeRequests } from './request-log.js';

/** `/metrics`, metrics of the process, and one log line for each request to the management ports. */
@Module({ controllers: [MetricsController] })
export class ObservabilityModule implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly authenticators: AuthenticatorRegistry,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    startProcessMetrics();
    this.authenticators.register('metrics', metricsAuthenticator(this.authenticators));
    observeRequests(this.adapter.httpAdapter.getInstance<FastifyInstance>(), this.log);
  }
}
