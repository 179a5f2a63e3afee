// What InfluxDB 1.x, 2.x and 3 do differently. Runs here: 1.x (Debian's 1.6.7). 2.x and 3 follow their source and
// documentation, and are tested against those shapes, not against a server; the sources stand in docs/influxdb.md.
import { JieyueError } from '../../domain/errors.ts';
import { identifier } from '../../domain/influxql.ts';
import type { Answer } from './answer.ts';

export type InfluxVersion = 1 | 2 | 3;

const dayMs = 86_400_000;

/**
 * @param header X-Influxdb-Version (`1.6.7~rc0`, `v2.7.12`, `3.10.1`)
 * @param body of /ping: 3.0 has no header, only JSON (`{"version":"3.0.0"}`) without a content type
 */
export function versionOf(header: string | undefined, body: unknown): InfluxVersion | undefined {
  const said = header ?? versionIn(body);
  const major = typeof said === 'string' ? /^v?([123])\./.exec(said)?.[1] : undefined;
  if (major === '1') return 1;
  if (major === '2') return 2;
  return major === '3' ? 3 : undefined;
}

/** @param ofClient the path the client made, which is right for 2.x, and for 3 that answers it too */
export function writePath(version: InfluxVersion, ofClient: string, database: string): string {
  return version === 1 ? `/write?db=${encodeURIComponent(database)}&precision=ms` : ofClient;
}

interface Server {
  query(statement: string): Promise<readonly Answer[]>;
  /** JSON of the answer; `undefined` where its status is one of `alsoFine`. */
  request(method: string, path: string, body: unknown, alsoFine?: readonly number[]): Promise<unknown>;
}

interface Wanted {
  readonly database: string;
  readonly organisation?: string | undefined;
  readonly retentionDays: number;
  readonly shardDays: number;
}

/**
 * Makes the database (2.x: the bucket) where it is missing. One that exists stays as it is, and asking for it needs no
 * more than the right to read it.
 * @throws JieyueError `store.unavailable`; `config.missing` for 2.x without an organisation
 */
export function createDatabase(version: InfluxVersion, wanted: Wanted, server: Server): Promise<void> {
  if (version === 1) return createDatabase1(wanted, server);
  return version === 2 ? createBucket(wanted, server) : createDatabase3(wanted, server);
}

/** CREATE DATABASE is for administrators, and fails where the database has another retention: so it is looked for first. */
async function createDatabase1(wanted: Wanted, server: Server): Promise<void> {
  const { database, retentionDays } = wanted;
  const [names] = await server.query('SHOW DATABASES');
  if (names?.some(({ rows }) => rows.some(([name]) => name === database)) === true) return;
  const duration = retentionDays > 0 ? `${retentionDays}d` : 'INF';
  await server.query(
    `CREATE DATABASE ${identifier(database)} WITH DURATION ${duration} REPLICATION 1 SHARD DURATION ${shardDaysOf(wanted)}d NAME "autogen"`,
  );
}

/**
 * How long rows are kept, ms; `Infinity` for ever. Of 1.x and 2.x as the server says, since an administrator may have
 * set another time than ours; of 3 as configured. @throws JieyueError `store.unavailable`
 */
export async function keptMs(version: InfluxVersion, wanted: Wanted, server: Server): Promise<number> {
  if (version === 1) return keptMs1(wanted, server);
  // SHOW RETENTION POLICIES of 2.x says 0s whatever the bucket has.
  if (version === 2) return keptMsOf(await findBucket(wanted, server));
  return wanted.retentionDays > 0 ? wanted.retentionDays * dayMs : Number.POSITIVE_INFINITY;
}

async function keptMs1({ database }: Wanted, server: Server): Promise<number> {
  const [policies] = await server.query(`SHOW RETENTION POLICIES ON ${identifier(database)}`);
  // name, duration, shardGroupDuration, replicaN, default
  const rows = policies?.flatMap((series) => [...series.rows]) ?? [];
  const duration = rows.find((row) => row[4] === true)?.[1];
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(duration)) ?? [];
  const ms = (Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1_000;
  return ms > 0 ? ms : Number.POSITIVE_INFINITY;
}

function keptMsOf(bucket: Readonly<Record<string, unknown>> | undefined): number {
  const seconds = entriesOf(bucket, 'retentionRules').map((rule) => Number(rule['everySeconds'] ?? 0));
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...seconds.filter((each) => each > 0).map((each) => each * 1_000),
  );
}

async function findBucket(
  { database, organisation }: Wanted,
  server: Server,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  // 404 where there is no such bucket, or no such organisation.
  const found = await server.request(
    'GET',
    `/api/v2/buckets?org=${encodeURIComponent(organisation ?? '')}&name=${encodeURIComponent(database)}`,
    '',
    [404],
  );
  return entriesOf(found, 'buckets')[0];
}

async function createBucket(wanted: Wanted, server: Server): Promise<void> {
  const { database, organisation, retentionDays } = wanted;
  if (organisation === undefined || organisation === '')
    throw new JieyueError(
      'config.missing',
      'InfluxDB 2.x needs an organisation: set store.influx.organisation',
    );
  if ((await findBucket(wanted, server)) !== undefined) return;
  const org = encodeURIComponent(organisation);
  const orgs = await server.request('GET', `/api/v2/orgs?org=${org}`, '');
  const orgID = entriesOf(orgs, 'orgs')[0]?.['id'];
  if (typeof orgID !== 'string') {
    throw new JieyueError(
      'store.unavailable',
      `the token sees neither the bucket ${database} nor the organisation ${organisation}: make the bucket, or give the token the right to (store.influx)`,
    );
  }
  const day = 86_400;
  // 422: another process has just made it.
  await server.request(
    'POST',
    '/api/v2/buckets',
    {
      name: database,
      orgID,
      retentionRules: [
        {
          type: 'expire',
          everySeconds: retentionDays * day,
          shardGroupDurationSeconds: shardDaysOf(wanted) * day,
        },
      ],
    },
    [422],
  );
}

/**
 * A query of a database that does not exist is an error, so that it is not left to the first write. 409: it exists.
 * 403, 404, 405: the token, or the server, lets nobody make databases over this API; the first query tells.
 */
async function createDatabase3({ database, retentionDays }: Wanted, server: Server): Promise<void> {
  await server.request(
    'POST',
    '/api/v3/configure/database',
    { db: database, ...(retentionDays > 0 ? { retention_period: `${retentionDays}d` } : {}) },
    [403, 404, 405, 409],
  );
}

/** A shard longer than the retention is refused. */
function shardDaysOf({ retentionDays, shardDays }: Wanted): number {
  return retentionDays > 0 ? Math.min(shardDays, retentionDays) : shardDays;
}

function entriesOf(answer: unknown, name: string): readonly Readonly<Record<string, unknown>>[] {
  const list = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}

function versionIn(body: unknown): unknown {
  let found = body;
  if (typeof body === 'string' || body instanceof Uint8Array) {
    try {
      found = JSON.parse(Buffer.from(body).toString('utf8'));
    } catch {
      return undefined;
    }
  }
  return typeof found === 'object' && found !== null ? Reflect.get(found, 'version') : undefined;
}
