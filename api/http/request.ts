// What every answer says of its request, and what the log may say of it.
import type { FastifyRequest } from 'fastify';

/** Headers of every answer: figures are not for caches, and nothing is to be guessed. */
export function headersOf(request: FastifyRequest): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-request-id': request.id,
  };
}

/** The address without its parameters. */
export function pathOf(request: FastifyRequest): string {
  const [path = '/'] = request.url.split('?', 1);
  return path;
}
