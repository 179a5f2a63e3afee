// What is added to every answer and noted of every request: headers, a log line, a metric.
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../core/runtime/logger.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { headersOf, pathOf } from './request.ts';

const timeBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

export function addObservation(
  app: FastifyInstance,
  { log, metrics }: { log: Logger; metrics: Metrics },
): void {
  const duration = metrics.histogram('http_request_seconds', 'Time to answer a request', timeBuckets, [
    'method',
    'route',
    'status',
  ]);

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOf(request));
  });

  app.addHook('onResponse', async (request, reply) => {
    const seconds = reply.elapsedTime / 1000;
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    // A stream lasts as long as its client listens: no time to answer.
    const isStream = reply.raw.getHeader('content-type') === 'text/event-stream';
    if (!isStream) duration.observe({ method: request.method, route, status: String(status) }, seconds);
    // Never the parameters: they are none of the log's business, and a key may stand there by mistake.
    log[status >= 400 ? 'info' : 'debug'](
      {
        requestId: request.id,
        method: request.method,
        path: pathOf(request),
        status,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        principal: request.caller?.id,
      },
      'request',
    );
  });
}
