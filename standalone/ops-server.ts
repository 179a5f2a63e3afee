// /health and /metrics of a process that has no API of its own.
import { createServer, type Server } from 'node:http';
import type { Service } from '../core/runtime/lifecycle.ts';
import type { Metrics } from '../core/runtime/metrics.ts';

export class OpsServer implements Service {
  readonly name = 'ops';
  readonly #server: Server;
  readonly #port: number;

  /** @param waits what the process waits for, for people; it is well while there is nothing */
  constructor(port: number, metrics: Metrics, waits: () => readonly string[]) {
    this.#port = port;
    this.#server = createServer((request, response) => {
      if (request.url === '/health') {
        const waitsFor = waits();
        const ok = waitsFor.length === 0;
        response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
        response.end(JSON.stringify(ok ? { status: 'ok' } : { status: 'down', waitsFor }));
      } else if (request.url === '/metrics') {
        metrics.text().then(
          (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text),
          () => response.writeHead(500).end(),
        );
      } else response.writeHead(404).end();
    });
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
