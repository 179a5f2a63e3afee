// GET /metrics: Prometheus text.
import { z } from 'zod';
import { type ApiApp, type RouteContext, tags } from './context.ts';

export function addMetricsRoute(app: ApiApp, { metrics }: RouteContext): void {
  app.get(
    '/metrics',
    {
      config: { access: { permission: 'metrics:read', scope: 'system' } },
      schema: {
        tags: [tags.system],
        summary: 'Metrics for Prometheus',
        description:
          'Counters and times of this process in the text format of Prometheus, whose scrape configuration can send ' +
          'a key (`authorization: {credentials_file: …}`).',
        querystring: z.strictObject({}),
        response: {
          200: {
            description: 'Text format 0.0.4.',
            content: { 'text/plain': { schema: z.string() } },
          },
        },
      },
    },
    async (_request, reply) =>
      reply
        .type(metrics.registry.contentType)
        .serializer(String)
        .send(await metrics.text()),
  );
}
