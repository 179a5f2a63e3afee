// InfluxDB 3 Core, which does not run here: the real connection and store speak to a server that answers as the source
// says (influxdata/influxdb at v3.10.1, ff6872a3d8917a4a2cb91d27f4e606369c5bbca0, and v3.0.0,
// 3b602eead2bb27aee74fb3cfc45f6be806d3b836: influxdb3_server/src/http.rs where nothing else is named).
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { influxAt } from '../../testing/open-influx.ts';
import {
  failure,
  json,
  line,
  noRows,
  type Replies,
  type Reply,
  ScriptedServer,
  token,
} from '../../testing/scripted-influx.ts';

const server = new ScriptedServer();
beforeEach(() => server.start());
afterEach(() => server.stop());

/** fn ping. */
const ping: Reply = {
  status: 200,
  headers: {
    'content-type': 'application/json',
    'X-Influxdb-Build': 'Core',
    'X-Influxdb-Version': '3.10.1',
  },
  body: '{"product_name":"InfluxDB 3 Core","version":"3.10.1","revision":"ff6872a3d8","process_id":"0"}',
};

describe('with the answers of 3', () => {
  const made: Replies = ({ url: path, authorization }) => {
    // influxdb3_server/src/http.rs: /ping wants the token too, unless --disable-authz has it. No content type.
    if (authorization !== `Token ${token}`)
      return { status: 401, body: '{"error": "the request was not authenticated"}' };
    if (path === '/ping') return ping;
    if (path === '/api/v3/configure/database') return { status: 200 };
    if (path === '/query') return noRows;
    return path.startsWith('/api/v2/write?') ? { status: 204 } : undefined;
  };
  const writing =
    (reply: Reply): Replies =>
    (entry) =>
      entry.url.startsWith('/api/v2/write?') ? reply : made(entry);

  it.each([200, 409, 403, 404])('makes the database, and goes on when the server says %i', async (status) => {
    server.replies = (entry) =>
      entry.url === '/api/v3/configure/database' ? { status, body: 'attempted to create' } : made(entry);
    const connection = server.connect({ retentionDays: 30 });
    await connection.open();
    expect(connection.version).toBe(3);
    expect(server.paths()).toEqual(['POST /api/v3/configure/database']);
    expect(server.asked.at(-1)?.type).toContain('application/json');
    expect(JSON.parse(server.asked.at(-1)?.body ?? '')).toEqual({
      db: 'jieyue_readings',
      retention_period: '30d',
    });
  });

  it('does not open where the server holds five databases already', async () => {
    // impl IntoResponse for CatalogError: TooManyDbs is 422.
    server.replies = (entry) =>
      entry.url === '/api/v3/configure/database'
        ? { status: 422, body: '{"error":"Adding a new database would exceed limit of 5 databases"}' }
        : made(entry);
    expect(await failure(server.connect().open())).toMatchObject({ code: 'store.unavailable' });
  });

  it('finds 3.0, which says so in a body without a type only', async () => {
    server.replies = (entry) =>
      entry.url === '/ping'
        ? { status: 200, body: '{"version":"3.0.0","revision":"3b602eead2"}' }
        : made(entry);
    const connection = server.connect();
    await connection.open();
    expect(connection.version).toBe(3);
  });

  it('writes by the path of 2.x, and takes its time zone down', async () => {
    server.replies = made;
    const store = influxAt('jieyue', (database) => ({
      ...{ url: server.url, database, token, retentionDays: 0, shardDays: 28, timeoutMs: 5_000 },
    }));
    await store.start();
    await store.stop();
    const writes = server.writes();
    expect(writes).toHaveLength(1);
    expect(writes[0]?.url).toBe('/api/v2/write?org=&bucket=jieyue_figures&precision=ms');
    expect(writes[0]?.body).toMatch(/^settings time_zone="Asia\/Shanghai" \d+$/);
    // 3 has no SHOW SERIES (core/influxdb_influxql_parser/src/statement.rs).
    expect(server.asked.some((entry) => entry.body.includes('SHOW'))).toBe(false);
  });

  it.each([
    // From 3.5 on: V2WriteApiError; up to 3.4: Error::into_response.
    '{"code":"invalid","message":"write buffer error: line protocol parse failed: invalid column type for column \'value\', expected iox::column_type::field::float, got iox::column_type::field::string"}',
    '{"error":"line protocol parsing error","data":{"original_line":"readings,point=a/m value=\\"x\\" 1","line_number":1,"error_message":"invalid column type for column \'value\', expected iox::column_type::field::float, got iox::column_type::field::string"}}',
    '{"error":"partial write of line protocol occurred","data":[{"original_line":"readings,point=a/m value=\\"x\\" 1","line_number":1,"error_message":"invalid column type for column \'value\', expected iox::column_type::field::float, got iox::column_type::field::string"}]}',
  ])('a row at fault is refused with its reason: %s', async (body) => {
    server.replies = writing({ status: 400, body });
    const connection = server.connect();
    await connection.open();
    const { code, message } = await failure(connection.write([line]));
    expect(code).toBe('row.refused-by-store');
    expect(message).toContain('invalid column type');
  });

  it.each([
    // The whole enum WriteBuffer is `invalid` there, its log and disk included.
    [400, '{"code":"invalid","message":"write buffer error: error from wal: object store error: disk full"}'],
    [400, '{"code":"invalid","message":"this service is overloaded, please try again later"}'],
    [
      400,
      '{"code":"invalid","message":"write buffer error: line protocol parse failed: Update to schema would exceed number of tables limit: attempted to create table but already have 2000 table(s) (limit: 2000)"}',
    ],
    [
      422,
      '{"error":"partial write of line protocol occurred","data":[{"original_line":"x","line_number":1,"error_message":"Update to schema would exceed number of columns per table limit of 500 columns"}]}',
    ],
    [401, '{"code":"unauthorized","message":"unauthorized access"}'],
    [500, '{"code":"internal error","message":"object store"}'],
  ])('a fault of the server (%i %s) is to be tried again', async (status, body) => {
    server.replies = writing({ status, body });
    const connection = server.connect();
    await connection.open();
    expect(await failure(connection.write([line]))).toMatchObject({ code: 'store.unavailable' });
  });

  it('sends in halves what is too large, and says so where a single row is', async () => {
    const most = 3 * line.length;
    server.replies = (entry) =>
      entry.url.startsWith('/api/v2/write?') && entry.body.length > most
        ? {
            status: 413,
            body: '{"code":"request too large","message":"max request size (10485760 bytes) exceeded"}',
          }
        : made(entry);
    const connection = server.connect();
    await connection.open();
    const lines = Array.from({ length: 7 }, (_, index) => line.replace(/1$/, String(index)));
    await connection.write(lines);
    const taken = server.writes().filter((entry) => entry.body.length <= most);
    expect(taken.flatMap((entry) => entry.body.split('\n'))).toEqual(lines);
    // No row of ours is: the limit is a wrong one, and waiting for a better one loses nothing.
    const { code, message } = await failure(connection.write([line.repeat(5)]));
    expect(code).toBe('store.unavailable');
    expect(message).toContain('max request size');
  });

  it('finds no rows where a chunked answer leaves a statement out, or is empty', async () => {
    // core/iox_v1_query_api/src/response/chunked.rs: nothing is sent of a statement without rows.
    const row =
      '{"results":[{"statement_id":1,"series":[{"name":"m","columns":["time","v"],"values":[[1,2]]}]}]}\n';
    const answers: Reply[] = [
      { status: 200, headers: json, body: row },
      { status: 200, headers: json, body: '' },
    ];
    server.replies = (entry) => (entry.url === '/query' ? answers.shift() : made(entry));
    const connection = server.connect();
    await connection.open();
    const found: unknown[] = [];
    await connection.each(['SELECT 1', 'SELECT 2'], ({ rows }, index) => found.push(index, rows));
    expect(found).toEqual([1, [[1, 2]]]);
    expect(await connection.rows('SELECT 1')).toEqual([]);
  });

  it('asks for its series again only when the answer before has come', async () => {
    let asked = 0;
    server.replies = (entry) => {
      if (entry.url !== '/query' || !entry.body.includes('readings')) return made(entry);
      asked++;
      return asked === 1 ? noRows : { status: 200, headers: json, stalls: true };
    };
    const store = influxAt(
      'jieyue',
      (database) => ({
        ...{ url: server.url, database, token, retentionDays: 0, shardDays: 28, timeoutMs: 300 },
      }),
      { seriesEveryMs: 5 },
    );
    await store.start();
    await sleep(150);
    expect(asked).toBe(2);
    await store.stop();
  });

  it('a database that is missing, and a missing token, are told', async () => {
    // core/iox_v1_query_api: an error of a statement under 200; 401 for a token without the right to read.
    const answers: Reply[] = [
      {
        status: 200,
        headers: json,
        body: '{"results":[{"statement_id":0,"error":"Cannot retrieve database: External error: database not found: jieyue_readings"}]}',
      },
      { status: 401, body: '{"error":"unauthorized access"}' },
    ];
    server.replies = (entry) => (entry.url === '/query' ? answers.shift() : made(entry));
    const connection = server.connect();
    await connection.open();
    expect((await failure(connection.query(['SELECT 1']))).message).toContain('database not found');
    expect((await failure(connection.query(['SELECT 1']))).message).toContain('unauthorized access');
    const { message } = await failure(server.connect({ token: undefined }).open());
    expect(message).toContain('not authenticated');
    expect(message).toContain('store.influx');
  });
});
