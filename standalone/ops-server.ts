// /health and /metrics of a process that has no API of its own.
import { createServer, type Server } from 'node:http';
import type { Command } from 'commander';
import { JieyueError } from '../core/domain/errors.ts';
import type { Service } from '../core/runtime/lifecycle.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import { sayOfCommands } from './words.ts';

export interface OpsOptions {
  metricsPort?: string;
  metricsHost?: string;
}

/** Where it listens unless told: whoever reaches it reads it, without a key. */
const defaultHost = '127.0.0.1';

/** Adds the options of `opsServer` to a command. */
export function withOpsOptions(command: Command): Command {
  return command
    .option('--metrics-port <port>', 'serve /health and /metrics on this port')
    .option('--metrics-host <address>', `where that port listens; default: ${defaultHost}`);
}

/**
 * The server that the options ask for, if they do.
 * @throws JieyueError `config.invalid` for a port that is none
 */
export function opsServer(
  { metricsPort, metricsHost }: OpsOptions,
  metrics: Metrics,
  waits: () => readonly string[],
): OpsServer | undefined {
  if (metricsPort === undefined) return undefined;
  const port = Number(metricsPort);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new JieyueError('config.invalid', sayOfCommands('metrics.port', { port: metricsPort }));
  return new OpsServer(port, metrics, waits, metricsHost);
}

export class OpsServer implements Service {
  readonly name = 'ops';
  readonly #server: Server;
  readonly #port: number;
  readonly #host: string;

  /** @param waits what the process waits for, for people; it is well while there is nothing */
  constructor(port: number, metrics: Metrics, waits: () => readonly string[], host = defaultHost) {
    this.#port = port;
    this.#host = host;
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

  /** The port that it listens on, chosen by the system where 0 was asked for. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#port;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, this.#host, resolve);
    });
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
