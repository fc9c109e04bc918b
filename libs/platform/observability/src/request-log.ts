import type { Logger } from '@tollgate/base';
import type { FastifyInstance } from 'fastify';
import { createCounter, createHistogram } from './metrics.js';

/** Probes come every few seconds and say nothing that the metrics do not. */
const probes = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Counts, times and logs every management request. The route is its template, never the path: paths carry keys and
 * names. Call before the application is ready.
 */
export function observeRequests(fastify: FastifyInstance, log: Logger): void {
  const total = createCounter(
    'tollgate_http_requests_total',
    'Requests to the management ports.',
    ['method', 'route', 'status'],
    2_000,
  );
  const seconds = createHistogram('tollgate_http_request_seconds', 'Duration of requests to the management ports.', [
    'method',
    'route',
  ]);
  // The fields below hold no secrets, and looking for some costs more than the line.
  const plain = log.child({}, { redact: [] });
  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? '(none)';
    const { method } = request;
    const durationMs = Math.round(reply.elapsedTime * 10) / 10;
    total.inc({ method, route, status: String(reply.statusCode) });
    seconds.observe({ method, route }, reply.elapsedTime / 1_000);
    const level = probes.has(route) ? 'debug' : 'info';
    plain[level](
      { event: 'http.request', method, route, status: reply.statusCode, durationMs, requestId: request.id },
      'Request served',
    );
  });
}
