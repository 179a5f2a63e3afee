// One database of an InfluxDB server: found by /ping, written with the official client, asked in InfluxQL.
// What differs between 1.x, 2.x and 3 stands in versions.ts.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB, setLogger, type WriteOptions } from '@influxdata/influxdb-client';
import { JieyueError } from '../../domain/errors.ts';
import { type Answer, parseAnswer, type Row } from './answer.ts';
import { errorOfAnswer, errorOfRequest, errorOfWrite, isTooLarge } from './errors.ts';
import { createDatabase, type InfluxVersion, versionOf, writePath } from './versions.ts';

export interface InfluxOptions {
  /** `http://host:8086`. */
  readonly url: string;
  readonly database: string;
  /** 1.x: user and password. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** 2.x and 3: a token; 2.x: the organisation too. */
  readonly token?: string | undefined;
  readonly organisation?: string | undefined;
  /** Found by /ping where it is not stated. */
  readonly version?: InfluxVersion | undefined;
  /** Made where the database does not exist: how long rows are kept, 0 for ever, and the length of a shard. */
  readonly retentionDays: number;
  readonly shardDays: number;
  readonly timeoutMs: number;
}

/**
 * The client's own batching loses rows without a word (it retries in the background and drops what does not fit), so
 * that it never gets to batch: every write is one request whose outcome is ours.
 */
const writeOptions: Partial<WriteOptions> = {
  // Twice the time for both sides, to save a network that carries a few MB/s at most.
  gzipThreshold: Number.MAX_SAFE_INTEGER,
  maxBatchBytes: Number.MAX_SAFE_INTEGER,
  flushInterval: 0,
  maxRetries: 0,
  maxRetryTime: 3_600_000,
  maxBufferLines: 1,
};
const rowsPerChunk = 10_000;
/** An answer longer than this is refused rather than held: about a million rows. */
const longestAnswerBytes = 128 * 1024 * 1024;

// What the client would print, is thrown here.
setLogger({ error: () => undefined, warn: () => undefined });

export class InfluxConnection {
  readonly #options: InfluxOptions;
  readonly #client: InfluxDB;
  readonly #agent: HttpAgent | HttpsAgent;
  #version: InfluxVersion | undefined;

  constructor(options: InfluxOptions) {
    this.#options = options;
    const secure = options.url.startsWith('https:');
    this.#agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    const { url, token, user, password, timeoutMs } = options;
    const basic = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64');
    this.#client = new InfluxDB({
      url,
      timeout: timeoutMs,
      transportOptions: { agent: this.#agent },
      ...(token === undefined ? {} : { token }),
      ...(token === undefined && user !== undefined ? { headers: { authorization: `Basic ${basic}` } } : {}),
    });
  }

  get database(): string {
    return this.#options.database;
  }

  get version(): InfluxVersion | undefined {
    return this.#version;
  }

  /** Finds the server's version, and makes the database where it is missing. @throws JieyueError `store.unavailable` */
  async open(): Promise<void> {
    this.#version = this.#options.version ?? (await this.#ping());
    await createDatabase(this.#version, this.#options, {
      query: (statement) => this.query([statement]),
      request: (method, path, body, alsoFine) => this.#request(method, path, body, alsoFine),
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  /**
   * Resolves when the server has all lines on disk. Repeating it changes nothing. What is too large for one request of
   * the server, or of a proxy before it, is sent in halves.
   * @throws JieyueError `store.unavailable` (try again), `row.refused-by-store` (one of these rows; others may be in;
   * `details.refused`: how many are not, where the server tells)
   */
  async write(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const { database, organisation } = this.#options;
    const writer = this.#client.getWriteApi(organisation ?? '', database, 'ms', {
      ...writeOptions,
      batchSize: 2,
    });
    writer.path = writePath(this.#version ?? 1, writer.path, database);
    let written = false;
    try {
      // As one record: the client looks at each by itself.
      writer.writeRecord(lines.join('\n'));
      await writer.flush();
      written = true;
    } catch (error) {
      if (!isTooLarge(error) || lines.length === 1) throw errorOfWrite(error, this.#what('write'));
    } finally {
      writer.dispose();
    }
    if (written) return;
    const half = Math.ceil(lines.length / 2);
    await this.write(lines.slice(0, half));
    await this.write(lines.slice(half));
  }

  /**
   * The answers of statements, in their order. @param chunked for many rows: the server sends them as it finds them, which
   * takes it half of the time and memory. @throws JieyueError `store.unavailable`
   */
  async query(
    statements: readonly string[],
    { chunked = false }: { readonly chunked?: boolean } = {},
  ): Promise<readonly Answer[]> {
    if (statements.length === 0) return [];
    const form = new URLSearchParams({
      db: this.#options.database,
      epoch: 'ms',
      ...(chunked ? { chunked: 'true', chunk_size: String(rowsPerChunk) } : {}),
      q: statements.join(';\n'),
    });
    const text = await this.#text('/query', form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    });
    return parseAnswer(text, statements, this.#what('answer'), chunked);
  }

  /** The rows of one statement, of all its series. */
  async rows(statement: string): Promise<readonly Row[]> {
    const [answer] = await this.query([statement], { chunked: true });
    return answer?.flatMap((series) => series.rows) ?? [];
  }

  async #text(path: string, body: string, headers: Record<string, string>): Promise<string> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    // The client would wait for ever for the rest of an answer that has begun.
    const silence = new AbortController();
    const { timeoutMs } = this.#options;
    const timer = setTimeout(() => silence.abort(), timeoutMs);
    const options = { method: 'POST', headers, signal: silence.signal };
    try {
      for await (const chunk of this.#client.transport.iterate(path, body, options)) {
        timer.refresh();
        bytes += chunk.length;
        if (bytes > longestAnswerBytes) break;
        chunks.push(chunk);
      }
    } catch (error) {
      const told = silence.signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error;
      throw errorOfRequest(told, this.#what('answer'));
    } finally {
      clearTimeout(timer);
    }
    if (bytes > longestAnswerBytes) {
      throw new JieyueError('api.too-much', `an answer of ${this.#what('answer')} exceeds 128 MiB`);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  async #ping(): Promise<InfluxVersion> {
    let header: string | undefined;
    let body: unknown;
    try {
      body = await this.#client.transport.request('/ping', '', { method: 'GET' }, (headers) => {
        const value = headers['x-influxdb-version'];
        header = Array.isArray(value) ? value[0] : value;
      });
    } catch (error) {
      throw errorOfRequest(error, this.#what('ping'));
    }
    const version = versionOf(header, body);
    if (version !== undefined) return version;
    throw errorOfAnswer(
      'store.unavailable',
      `what answers at ${this.#address()} does not say which InfluxDB it is; set store.influx.version`,
    );
  }

  async #request(
    method: string,
    path: string,
    body: unknown,
    alsoFine: readonly number[] = [],
  ): Promise<unknown> {
    try {
      return (await this.#client.transport.request(path, body, { method })) as unknown;
    } catch (error) {
      if (error instanceof HttpError && alsoFine.includes(error.statusCode)) return undefined;
      throw errorOfRequest(error, this.#what(`${method} ${path}`));
    }
  }

  /** For messages: never with a secret. */
  #what(action: string): string {
    return `InfluxDB ${this.#address()} (${action}, database ${this.#options.database})`;
  }

  /** Without what may stand in the address: `http://user:password@host`. */
  #address(): string {
    const { origin, pathname } = new URL(this.#options.url);
    return origin + (pathname === '/' ? '' : pathname);
  }
}
