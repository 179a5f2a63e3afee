// For tests: an HTTP server that answers as an InfluxDB would which does not run here, and remembers what it was asked.
import { createServer, type Server } from 'node:http';
import { isJieyueError } from '../domain/errors.ts';
import { InfluxConnection, type InfluxOptions } from '../store/influx/connection.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The answer begins, and never ends. */
  readonly stalls?: boolean;
}

/** `undefined` becomes 500. */
export type Replies = (asked: Asked) => Reply | undefined;

export const token = 'a-very-secret-token';
export const json = { 'content-type': 'application/json; charset=utf-8' };
export const noRows: Reply = { status: 200, headers: json, body: '{"results":[{"statement_id":0}]}' };
export const line = 'readings,point=a/m,quantity=power value=1 1';

export class ScriptedServer {
  replies: Replies = () => undefined;
  asked: Asked[] = [];
  #server: Server | undefined;
  #url = '';

  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const body = Buffer.concat(chunks).toString('utf8');
        const { authorization, 'content-type': type } = headers;
        const asked = { method, url, authorization, type, body };
        this.asked.push(asked);
        const reply = this.replies(asked) ?? { status: 500, body: `no answer to ${url}` };
        response.writeHead(reply.status, reply.headers);
        if (reply.stalls === true) response.write(reply.body ?? '{');
        else response.end(reply.body);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    this.#url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.asked = [];
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  connect(more: Partial<InfluxOptions> = {}): InfluxConnection {
    return new InfluxConnection({
      ...{ url: this.#url, database: 'jieyue_readings', token, organisation: '机关 局' },
      ...{ retentionDays: 0, shardDays: 28, timeoutMs: 5_000 },
      ...more,
    });
  }

  /** What it was asked for, without /ping. */
  paths(): string[] {
    return this.asked.filter(({ url }) => url !== '/ping').map(({ method, url }) => `${method} ${url}`);
  }

  writes(): Asked[] {
    return this.asked.filter(({ url }) => url.includes('/write?'));
  }
}

/** The error of ours that the work ends with. */
export async function failure(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work;
  } catch (error) {
    if (isJieyueError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it did not fail');
}
