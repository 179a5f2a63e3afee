// What InfluxDB 1.x, 2.x and 3 do differently. Runs here: 1.x (Debian's 1.6.7). 2.x and 3 follow their source and
// documentation, and are tested against those shapes, not against a server; the sources stand in docs/influxdb.md.
import { identifier } from '../../domain/influxql.ts';

export type InfluxVersion = 1 | 2 | 3;

/** From the header X-Influxdb-Version (`1.6.7~rc0`, `v2.7.12`), or the JSON body of a 3 (`{"version":"3.1.0"}`). */
export function versionOf(header: string | undefined, body: unknown): InfluxVersion | undefined {
  const said =
    header ??
    (typeof body === 'object' && body !== null ? (body as { version?: unknown }).version : undefined);
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
  query(statement: string): Promise<unknown>;
  request(method: string, path: string, body: unknown): Promise<unknown>;
}

interface Wanted {
  readonly database: string;
  readonly organisation?: string | undefined;
  readonly retentionDays: number;
  readonly shardDays: number;
}

/** Makes the database (2.x: the bucket) where it is missing. One that exists stays as it is. */
export async function createDatabase(version: InfluxVersion, wanted: Wanted, server: Server): Promise<void> {
  const { database, retentionDays, shardDays } = wanted;
  if (version === 1) {
    const duration = retentionDays > 0 ? `${retentionDays}d` : 'INF';
    const shards = retentionDays > 0 ? Math.min(shardDays, retentionDays) : shardDays;
    await server.query(
      `CREATE DATABASE ${identifier(database)} WITH DURATION ${duration} REPLICATION 1 SHARD DURATION ${shards}d NAME "autogen"`,
    );
    return;
  }
  // 3 makes a database with the first write.
  if (version === 3) return;
  const organisation = wanted.organisation ?? '';
  const found = (await server.request('GET', `/api/v2/buckets?name=${encodeURIComponent(database)}`, '')) as
    | { buckets?: readonly unknown[] }
    | undefined;
  if ((found?.buckets?.length ?? 0) > 0) return;
  const orgs = (await server.request('GET', `/api/v2/orgs?org=${encodeURIComponent(organisation)}`, '')) as
    | { orgs?: readonly { id?: string }[] }
    | undefined;
  const day = 86_400;
  await server.request('POST', '/api/v2/buckets', {
    name: database,
    orgID: orgs?.orgs?.[0]?.id ?? '',
    retentionRules: [
      { type: 'expire', everySeconds: retentionDays * day, shardGroupDurationSeconds: shardDays * day },
    ],
  });
}
