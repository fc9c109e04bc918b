import { Controller, Res } from '@nestjs/common';
import { Operation } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { metricsRegistry } from './metrics.js';

@Controller('/')
export class MetricsController {
  @Operation({
    method: 'GET',
    path: '/metrics',
    auth: 'metrics',
    summary: 'Metrics of this process in the Prometheus text format',
  })
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    const text = await metricsRegistry.metrics();
    await reply.header('content-type', metricsRegistry.contentType).send(text);
  }
}
