// The API on a socket.
import type { FastifyInstance } from 'fastify';
import { JieyueError } from '../core/domain/errors.ts';
import type { Service } from '../core/runtime/lifecycle.ts';
import { buildApp } from './app.ts';
import type { ApiDeps } from './deps.ts';

export interface ApiServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

export class ApiServer implements Service {
  readonly name = 'api';
  readonly #deps: ApiDeps;
  readonly #options: ApiServerOptions;
  #app: FastifyInstance | undefined;

  constructor(deps: ApiDeps, options: ApiServerOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** @throws JieyueError `config.invalid` when the address cannot be used, naming it. */
  async start(): Promise<void> {
    const { host, port } = this.#options;
    this.#app = buildApp(this.#deps);
    await this.#app.ready();
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      throw new JieyueError(
        'config.invalid',
        `the API cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}; ` +
          'end what uses it or set http.port (JIEYUE_HTTP_PORT)',
        { cause: error },
      );
    }
  }

  /** Ends idle connections at once and waits for answers under way. */
  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = undefined;
    await app?.close();
  }

  /** Where it listens: host, port and the start of every address. @throws while it does not. */
  address(): { readonly host: string; readonly port: number; readonly url: string } {
    const bound = this.#app?.server.address();
    if (bound === null || bound === undefined || typeof bound === 'string') {
      throw new JieyueError('config.missing', 'the API does not listen yet; start it first');
    }
    const { address, family, port } = bound;
    return { host: address, port, url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}` };
  }
}
