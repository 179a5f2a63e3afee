// InfluxDB 2.x, which no test runs: the real connection speaks to a server that answers as the source says
// (influxdata/influxdb at v2.7.12, ec9dcde5d6f0e1c4d15ff2332127987a42ca30fc; the paths stand with the shapes).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

/** http/handler.go, http/legacy/ping_handler.go. */
const ping: Reply = {
  status: 204,
  headers: { 'X-Influxdb-Build': 'OSS', 'X-Influxdb-Version': 'v2.7.12' },
};

describe('with the answers of 2.x', () => {
  // tenant/http_server_bucket.go, tenant/http_server_org.go, tenant/error_bucket.go, kit/transport/http/error_handler.go
  const bucketMissing: Reply = {
    status: 404,
    headers: json,
    body: '{"code":"not found","message":"bucket \\"jieyue_readings\\" not found"}',
  };
  const orgFound: Reply = {
    status: 200,
    headers: json,
    body: '{"links":{"self":"/api/v2/orgs"},"orgs":[{"id":"00000000000000aa","name":"机关 局"}]}',
  };
  const made: Replies = ({ method, url: path, authorization }) => {
    if (path === '/ping') return ping;
    if (authorization !== `Token ${token}`)
      return { status: 401, headers: json, body: '{"code":"unauthorized","message":"unauthorized access"}' };
    if (path.startsWith('/api/v2/buckets?')) return bucketMissing;
    if (path.startsWith('/api/v2/orgs?')) return orgFound;
    if (path === '/api/v2/buckets' && method === 'POST')
      return { status: 201, headers: json, body: '{"id":"00000000000000bb"}' };
    if (path === '/query') return noRows;
    return path.startsWith('/api/v2/write?') ? { status: 204 } : undefined;
  };
  const writing =
    (reply: Reply): Replies =>
    (entry) =>
      entry.url.startsWith('/api/v2/write?') ? reply : made(entry);

  it('finds the version, and makes the bucket with retention and shards no longer than that', async () => {
    server.replies = made;
    const connection = server.connect({ retentionDays: 7 });
    await connection.open();
    expect(connection.version).toBe(2);
    const org = encodeURIComponent('机关 局');
    expect(server.paths()).toEqual([
      `GET /api/v2/buckets?org=${org}&name=jieyue_readings`,
      `GET /api/v2/orgs?org=${org}`,
      'POST /api/v2/buckets',
    ]);
    expect(JSON.parse(server.asked.at(-1)?.body ?? '')).toEqual({
      name: 'jieyue_readings',
      orgID: '00000000000000aa',
      retentionRules: [{ type: 'expire', everySeconds: 604_800, shardGroupDurationSeconds: 604_800 }],
    });
    connection.close();
  });

  // tenant/http_server_bucket.go (retentionRule): everySeconds is 0 for ever.
  it.each([
    ['[{"type":"expire","everySeconds":864000,"shardGroupDurationSeconds":86400}]', 864_000_000],
    ['[{"type":"expire","everySeconds":0,"shardGroupDurationSeconds":86400}]', Number.POSITIVE_INFINITY],
    ['[]', Number.POSITIVE_INFINITY],
  ])('tells how long a bucket keeps rows: %s', async (rules, kept) => {
    server.replies = (entry) =>
      entry.url.startsWith('/api/v2/buckets?')
        ? {
            status: 200,
            headers: json,
            body: `{"buckets":[{"id":"00000000000000bb","retentionRules":${rules}}]}`,
          }
        : made(entry);
    const connection = server.connect();
    await connection.open();
    expect(await connection.keptMs()).toBe(kept);
  });

  it('leaves a bucket that exists as it is', async () => {
    server.replies = (entry) =>
      entry.url.startsWith('/api/v2/buckets?')
        ? { status: 200, headers: json, body: '{"links":{},"buckets":[{"id":"00000000000000bb"}]}' }
        : made(entry);
    await server.connect().open();
    expect(server.paths()).toHaveLength(1);
  });

  it('takes it well when another process has just made the bucket', async () => {
    // tenant/error_bucket.go: BucketAlreadyExistsError is EConflict, which is 422.
    server.replies = (entry) =>
      entry.method === 'POST'
        ? {
            status: 422,
            headers: json,
            body: '{"code":"conflict","message":"bucket with name jieyue_readings already exists"}',
          }
        : made(entry);
    await server.connect().open();
    expect(server.asked.at(-1)?.method).toBe('POST');
  });

  it('says what to do where the organisation is not set, or not to be seen', async () => {
    server.replies = made;
    expect((await failure(server.connect({ organisation: undefined }).open())).code).toBe('config.missing');
    server.replies = (entry) =>
      entry.url.startsWith('/api/v2/orgs?')
        ? { status: 200, headers: json, body: '{"links":{},"orgs":[]}' }
        : made(entry);
    const { code, message } = await failure(server.connect().open());
    expect(code).toBe('store.unavailable');
    expect(message).toContain('机关 局');
  });

  it('writes to the bucket, in milliseconds, with the token', async () => {
    server.replies = made;
    const connection = server.connect();
    await connection.open();
    await connection.write([line, line]);
    expect(server.asked.at(-1)).toEqual({
      method: 'POST',
      url: `/api/v2/write?org=${encodeURIComponent('机关 局')}&bucket=jieyue_readings&precision=ms`,
      authorization: `Token ${token}`,
      type: 'text/plain; charset=utf-8',
      body: `${line}\n${line}`,
    });
  });

  it('asks InfluxQL as a form, and takes rows by series', async () => {
    // http/legacy/influxqld_handler.go reads FormValue: db, epoch, q; influxql/query/response.go writes this.
    server.replies = (entry) =>
      entry.url === '/query'
        ? {
            status: 200,
            headers: { 'content-type': 'application/json' },
            body: '{"results":[{"statement_id":0,"series":[{"name":"readings","tags":{"point":"a/m"},"columns":["time","value"],"values":[[1000,1.5],[2000,2]]}]},{"statement_id":1}]}\n',
          }
        : made(entry);
    const connection = server.connect();
    await connection.open();
    expect(await connection.query(['SELECT 1', 'SELECT 2'])).toEqual([
      [
        {
          name: 'readings',
          tags: { point: 'a/m' },
          columns: ['time', 'value'],
          rows: [
            [1000, 1.5],
            [2000, 2],
          ],
        },
      ],
      [],
    ]);
    const form = new URLSearchParams(server.asked.at(-1)?.body);
    expect(Object.fromEntries(form)).toEqual({
      db: 'jieyue_readings',
      epoch: 'ms',
      q: 'SELECT 1;\nSELECT 2',
    });
    expect(server.asked.at(-1)?.type).toBe('application/x-www-form-urlencoded');
    expect(server.asked.at(-1)?.authorization).toBe(`Token ${token}`);
  });

  it.each([
    // http/write_handler.go with v1/coordinator/points_writer.go (SummariseDropped) and tsdb/shard.go: the others are in.
    [
      422,
      '{"code":"unprocessable entity","message":"failure writing points to database: partial write: dropped 1 points outside retention policy of duration 720h0m0s - oldest point readings,point=a/m,quantity=power at 1970-01-01T00:00:00.001Z dropped because it violates a Retention Policy Lower Bound at 2026-01-01T00:00:00Z, newest point readings,point=a/m,quantity=power at 1970-01-01T00:00:00.001Z dropped because it violates a Retention Policy Lower Bound at 2026-01-01T00:00:00Z dropped=1 for database: 00000000000000bb for retention policy: autogen"}',
      'outside retention policy',
    ],
    // tsdb/field_validator.go: the others are in.
    [
      422,
      '{"code":"unprocessable entity","message":"failure writing points to database: partial write: field type conflict: input field \\"value\\" on measurement \\"readings\\" is type string, already exists as type float dropped=1"}',
      'field type conflict',
    ],
    // http/points/points_parser.go: nothing is in.
    [400, `{"code":"invalid","message":"unable to parse '${line}x': bad timestamp"}`, 'bad timestamp'],
  ])('a row at fault (%i) is refused with its reason', async (status, body, reason) => {
    server.replies = writing({ status, headers: json, body });
    const connection = server.connect();
    await connection.open();
    const { code, message } = await failure(connection.write([line]));
    expect(code).toBe('row.refused-by-store');
    expect(message).toContain(reason);
  });

  it.each([
    [401, '{"code":"unauthorized","message":"unauthorized access"}'],
    [403, '{"code":"forbidden","message":"insufficient permissions for write"}'],
    [404, '{"code":"not found","message":"bucket \\"jieyue_readings\\" not found"}'],
    [429, '{"code":"too many requests","message":"rate limit"}'],
    [
      500,
      '{"code":"internal error","message":"unexpected error writing points to database: engine: cache-max-memory-size exceeded"}',
    ],
    [503, '{"code":"unavailable","message":"try again"}'],
    [
      422,
      '{"code":"unprocessable entity","message":"failure writing points to database: partial write: shard 7 is pending deletion dropped=1"}',
    ],
  ])('a fault of the server (%i) is to be tried again', async (status, body) => {
    server.replies = writing({ status, headers: { ...json, 'retry-after': '1' }, body });
    const connection = server.connect();
    await connection.open();
    const { code, message } = await failure(connection.write([line]));
    expect(code).toBe('store.unavailable');
    expect(message).toContain(JSON.parse(body).message);
    // No background retry of the client: one request.
    expect(server.writes()).toHaveLength(1);
  });

  it('an error of InfluxQL is never a refused row, whichever status it has', async () => {
    // influxql/query/proxy_executor.go: 400; influxql/query/executor.go: under 200.
    const answers: Reply[] = [
      {
        status: 400,
        headers: json,
        body: '{"code":"invalid","message":"failed to parse query: found FOO"}',
      },
      {
        status: 200,
        headers: json,
        body: '{"results":[{"statement_id":0,"error":"database not found: jieyue_readings"}]}',
      },
    ];
    server.replies = (entry) => (entry.url === '/query' ? answers.shift() : made(entry));
    const connection = server.connect();
    await connection.open();
    expect(await failure(connection.query(['FOO']))).toMatchObject({ code: 'store.unavailable' });
    expect((await failure(connection.query(['SELECT 1']))).message).toContain('database not found');
  });
});
