// One database of an InfluxDB server: found by /ping, written with the official client, asked in InfluxQL.
// What differs between 1.x, 2.x and 3 stands in versions.ts.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB, setLogger, type WriteOptions } from '@influxdata/influxdb-client';
import { type Answer, AnswerReader, GatheredAnswers, type Row, type TakeSeries } from './answer.ts';
import { errorOfAnswer, errorOfRequest, errorOfWrite, isTooLarge } from './errors.ts';
import { createDatabase, type InfluxVersion, keptMs, versionOf, writePath } from './versions.ts';

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
  // It would take an error that holds `hinted handoff queue not empty`, a row's own text perhaps, for success.
  writeFailed: (error) => Promise.reject(error),
};
/** Of one piece of an answer: parsed in some 10 ms, in which nothing else is done. */
const rowsPerChunk = 10_000;
/** Statements of one request at most. */
const statementsPerRequest = 100;

// What the client would print, is thrown here.
setLogger({ error: () => undefined, warn: () => undefined });

export class InfluxConnection {
  readonly #options: InfluxOptions;
  readonly #client: InfluxDB;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #server: Parameters<typeof createDatabase>[2] = {
    query: (statement) => this.query([statement]),
    request: (method, path, body, alsoFine) => this.#request(method, path, body, alsoFine),
  };
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
    await createDatabase(this.#version, this.#options, this.#server);
  }

  /** How long rows are kept, ms; `Infinity` for ever. Asked anew each time. @throws JieyueError `store.unavailable` */
  keptMs(): Promise<number> {
    return keptMs(this.#version ?? 1, this.#options, this.#server);
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

  /** The answers of a few statements with few rows, in their order. @throws JieyueError `store.unavailable` */
  async query(statements: readonly string[]): Promise<readonly Answer[]> {
    const answers = new GatheredAnswers(statements.length);
    if (statements.length > 0) await this.#ask(statements, answers.take, false);
    return answers.all();
  }

  /** The rows of one statement, of all its series. */
  async rows(statement: string): Promise<readonly Row[]> {
    const rows: Row[] = [];
    await this.each([statement], (series) => {
      for (const row of series.rows) rows.push(row);
    });
    return rows;
  }

  /**
   * Asks statements and hands on what they answer as it comes, statement after statement, so that an answer may have
   * millions of rows. In chunks, which takes the server half of the time and memory; and an answer in one piece marks
   * a series of more than 10 000 rows as cut off, whether it is or not (1.6, services/httpd/handler.go).
   * @param atOnce requests at the same time; with more than one the statements' answers are mixed
   * @throws JieyueError `store.unavailable`
   */
  async each(
    statements: readonly string[],
    take: TakeSeries,
    { atOnce = 1 }: { readonly atOnce?: number } = {},
  ): Promise<void> {
    const size = Math.min(statementsPerRequest, Math.ceil(statements.length / atOnce));
    let next = 0;
    const lane = async () => {
      while (next < statements.length) {
        const at = next;
        next += size;
        const part = statements.slice(at, at + size);
        await this.#ask(part, (series, index, goesOn) => take(series, at + index, goesOn), true).catch(
          (error: unknown) => {
            next = statements.length;
            throw error;
          },
        );
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #ask(statements: readonly string[], take: TakeSeries, chunked: boolean): Promise<void> {
    const what = this.#what('answer');
    // 3: core/iox_v1_query_api/src/response/chunked.rs
    const mayBeSilent = chunked && this.#version === 3;
    const reader = new AnswerReader({ statements, what, chunked, mayBeSilent }, take);
    const form = new URLSearchParams({
      db: this.#options.database,
      epoch: 'ms',
      ...(chunked ? { chunked: 'true', chunk_size: String(rowsPerChunk) } : {}),
      q: statements.join(';\n'),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    // The client would wait for ever for the rest of an answer that has begun.
    const silence = new AbortController();
    const { timeoutMs } = this.#options;
    const timer = setTimeout(() => silence.abort(), timeoutMs);
    const options = { method: 'POST', headers, signal: silence.signal };
    try {
      for await (const bytes of this.#client.transport.iterate('/query', form.toString(), options)) {
        timer.refresh();
        reader.push(bytes);
      }
      reader.end();
    } catch (error) {
      const told = silence.signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error;
      throw errorOfRequest(told, what);
    } finally {
      clearTimeout(timer);
    }
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
