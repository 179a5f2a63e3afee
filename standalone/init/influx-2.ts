// Prepares an InfluxDB 2.x for the city: three databases (buckets), and tokens that reach no further than their holder needs.
// Follows the source of 2.7.12 (docs/influxdb.md names the commit): authorization/http_server.go, tenant/http_server_bucket.go,
// tenant/http_server_org.go. Tested against those shapes; run by hand on 2.7.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { JieyueError } from '../../core/domain/errors.ts';
import type { DatabasePart } from '../../core/domain/series.ts';
import type { Config } from '../../core/runtime/config.ts';
import { InfluxConnection } from '../../core/store/influx/connection.ts';
import { influxOptions } from '../../core/store/influx/from-config.ts';

type Rights = Readonly<Partial<Record<DatabasePart, 'read' | 'read and write'>>>;

/** File below the folder → what its token reaches. Whoever draws boards never reads where a car was. */
export const tokens = {
  'ingest/readings': { readings: 'read and write' },
  'ingest/positions': { positions: 'read and write' },
  'ingest/figures': { figures: 'read and write' },
  'api/readings': { readings: 'read' },
  'api/positions': { positions: 'read' },
  'api/figures': { figures: 'read and write' },
  'grafana/boards': { readings: 'read', figures: 'read' },
} as const satisfies Record<string, Rights>;

/** Grafana runs as another user than our services, in their group. */
const modes: Readonly<Record<string, number>> = { 'grafana/boards': 0o640 };

const databaseParts = ['readings', 'positions', 'figures'] as const satisfies readonly DatabasePart[];
const patienceMs = 30_000;

const bucketsSchema = z.object({ buckets: z.array(z.object({ id: z.string(), name: z.string() })) });
const orgsSchema = z.object({ orgs: z.array(z.object({ id: z.string() })) });
const authorizationSchema = z.object({ id: z.string(), description: z.string().optional() });
const authorizationsSchema = z.object({ authorizations: z.array(authorizationSchema) });
const freshSchema = z.object({ token: z.string().min(1) });

/**
 * Doing it again changes nothing: a token that is in its file and still reaches its databases is kept; one whose file is lost
 * is withdrawn and made anew.
 * @param config `store.influx` with an administrator's token
 * @throws JieyueError `config.missing`, `store.unavailable` (the message names the request, never a token)
 */
export async function prepareInflux2(
  config: Config,
  folder: string,
): Promise<{ databases: readonly string[]; files: readonly string[] }> {
  const { url, organisation } = config.store.influx;
  const { token } = influxOptions(config, 'readings');
  if (url === undefined || organisation === undefined || token === undefined) {
    throw new JieyueError(
      'config.missing',
      'the address, the organisation and an administrator’s token of InfluxDB are needed: JIEYUE_STORE_INFLUX_URL, ' +
        'JIEYUE_STORE_INFLUX_ORGANISATION, JIEYUE_STORE_INFLUX_TOKEN',
    );
  }
  const databases = databaseParts.map((part) => influxOptions(config, part).database);
  for (const part of databaseParts) {
    const connection = new InfluxConnection(influxOptions(config, part));
    try {
      await connection.open();
    } finally {
      connection.close();
    }
  }

  const server = new Server(url, organisation);
  const org = orgsSchema.parse(await server.ask(token, 'GET', `/api/v2/orgs?org=${server.org}`)).orgs[0]?.id;
  if (org === undefined)
    throw new JieyueError('store.unavailable', `InfluxDB has no organisation ${organisation}`);
  const ids = new Map<DatabasePart, string>();
  for (const part of databaseParts) {
    const id = await server.bucket(token, influxOptions(config, part).database);
    if (id !== undefined) ids.set(part, id);
  }
  const files: string[] = [];
  for (const [name, rights] of Object.entries<Rights>(tokens)) {
    const file = join(folder, name);
    files.push(file);
    const names = Object.keys(rights).map((part) => influxOptions(config, part as DatabasePart).database);
    if (await reaches(server, file, names)) continue;
    const description = `jieyue ${name}`;
    await server.withdraw(token, description);
    const permissions = databaseParts.flatMap((part) => {
      const actions = rights[part] === undefined ? [] : rights[part].split(' and ');
      return actions.map((action) => ({
        action,
        resource: { type: 'buckets', id: ids.get(part), orgID: org },
      }));
    });
    const body = { orgID: org, description, permissions };
    const fresh = freshSchema.parse(await server.ask(token, 'POST', '/api/v2/authorizations', body));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${fresh.token}\n`, { mode: modes[name] ?? 0o600 });
    renameSync(`${file}.new`, file);
  }
  return { databases, files };
}

/** Whether the file holds a token that sees all of these databases. */
async function reaches(server: Server, file: string, databases: readonly string[]): Promise<boolean> {
  if (!existsSync(file)) return false;
  const kept = readFileSync(file, 'utf8').trim();
  if (!/^[!-~]+$/.test(kept)) return false;
  for (const database of databases) {
    const seen = await server.bucket(kept, database, [401, 403]);
    if (seen === undefined) return false;
  }
  return true;
}

class Server {
  readonly org: string;
  readonly #url: string;

  constructor(url: string, organisation: string) {
    this.#url = url.replace(/\/$/, '');
    this.org = encodeURIComponent(organisation);
  }

  /** The id of a bucket; `undefined` where the token does not see it. */
  async bucket(token: string, name: string, alsoFine: readonly number[] = []): Promise<string | undefined> {
    const path = `/api/v2/buckets?org=${this.org}&name=${encodeURIComponent(name)}`;
    const found = await this.ask(token, 'GET', path, undefined, [404, ...alsoFine]);
    return found === undefined ? undefined : bucketsSchema.parse(found).buckets[0]?.id;
  }

  /** Tokens that an earlier time made under this name, and whose file is lost. */
  async withdraw(token: string, description: string): Promise<void> {
    const found = await this.ask(token, 'GET', `/api/v2/authorizations?org=${this.org}`);
    for (const entry of authorizationsSchema.parse(found).authorizations) {
      if (entry.description !== description) continue;
      await this.ask(token, 'DELETE', `/api/v2/authorizations/${encodeURIComponent(entry.id)}`);
    }
  }

  /** The JSON of the answer; `undefined` where it has none, or its status is one of `alsoFine`. */
  async ask(
    token: string,
    method: string,
    path: string,
    body?: unknown,
    alsoFine: readonly number[] = [],
  ): Promise<unknown> {
    const what = `InfluxDB ${new URL(this.#url).origin} (${method} ${path.split('?')[0]})`;
    let status: number;
    let text: string;
    try {
      const response = await fetch(this.#url + path, {
        method,
        headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(patienceMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      throw new JieyueError('store.unavailable', `${what} does not answer`, { cause: error });
    }
    if (alsoFine.includes(status)) return undefined;
    if (status >= 200 && status < 300) return text === '' ? undefined : JSON.parse(text);
    throw new JieyueError('store.unavailable', `${what} answers ${status}: ${text.slice(0, 300)}`);
  }
}
