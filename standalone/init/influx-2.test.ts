// Against the answers of InfluxDB 2.7.12 as its source shapes them (authorization/http_server.go, tenant/*.go); no 2.x runs here.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JieyueError } from '../../core/domain/errors.ts';
import { loadConfig } from '../../core/runtime/config.ts';
import { type Asked, json, type Reply, ScriptedServer } from '../../core/testing/scripted-influx.ts';
import { prepareInflux2, tokens } from './influx-2.ts';

const administrator = 'the-administrators-token';
const org = 'aaaaaaaaaaaaaaa1';

interface Authorization {
  readonly id: string;
  readonly token: string;
  readonly description: string;
  readonly permissions: readonly { action: string; resource: { type: string; id: string; orgID: string } }[];
}

/** What the server knows, and how it answers from it. */
class FakeInflux2 {
  readonly buckets = new Map<string, { id: string; retention: number }>();
  readonly authorizations: Authorization[] = [];
  #made = 0;

  answer({ method, url, authorization, body }: Asked): Reply | undefined {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const token = authorization?.replace(/^Token /, '');
    const holder = this.authorizations.find((each) => each.token === token);
    if (pathname === '/ping') return { status: 204, headers: { 'X-Influxdb-Version': 'v2.7.12' } };
    if (token !== administrator && holder === undefined)
      return reply(401, { code: 'unauthorized', message: 'unauthorized access' });
    if (pathname === '/api/v2/orgs') return reply(200, { orgs: [{ id: org, name: 'jieyue' }] });
    if (pathname === '/api/v2/buckets' && method === 'GET') {
      const name = searchParams.get('name') ?? '';
      const bucket = this.buckets.get(name);
      const seen =
        holder === undefined || holder.permissions.some(({ resource }) => resource.id === bucket?.id);
      if (bucket === undefined || !seen)
        return reply(404, { code: 'not found', message: `bucket "${name}" not found` });
      return reply(200, { buckets: [{ id: bucket.id, name, orgID: org }] });
    }
    if (pathname === '/api/v2/buckets' && method === 'POST') {
      const wanted = JSON.parse(body) as { name: string; retentionRules: { everySeconds: number }[] };
      const id = `bbbbbbbbbbbbbbb${this.buckets.size}`;
      this.buckets.set(wanted.name, { id, retention: wanted.retentionRules[0]?.everySeconds ?? -1 });
      return reply(201, { id, name: wanted.name });
    }
    if (pathname === '/api/v2/authorizations' && method === 'GET')
      return reply(200, { links: {}, authorizations: this.authorizations });
    if (pathname === '/api/v2/authorizations' && method === 'POST') {
      const wanted = JSON.parse(body) as Omit<Authorization, 'id' | 'token'>;
      const made = { ...wanted, id: `ccccccccccccc${this.#made}`, token: `token-${this.#made++}` };
      this.authorizations.push(made);
      return reply(201, made);
    }
    if (method === 'DELETE') {
      const at = this.authorizations.findIndex(({ id }) => pathname.endsWith(id));
      this.authorizations.splice(at, 1);
      return { status: 204 };
    }
    return undefined;
  }
}

function reply(status: number, body: unknown): Reply {
  return { status, headers: json, body: JSON.stringify(body) };
}

let server: ScriptedServer;
let influx: FakeInflux2;
let folder: string;
beforeEach(async () => {
  server = new ScriptedServer();
  await server.start();
  influx = new FakeInflux2();
  server.replies = (asked) => influx.answer(asked);
  folder = mkdtempSync(join(tmpdir(), 'jieyue-tokens-'));
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function prepare(more: Record<string, string> = {}) {
  const environment = {
    JIEYUE_STORE_ENGINE: 'influx',
    JIEYUE_STORE_INFLUX_URL: server.url,
    JIEYUE_STORE_INFLUX_ORGANISATION: 'jieyue',
    JIEYUE_STORE_INFLUX_TOKEN: administrator,
    JIEYUE_STORE_INFLUX_POSITIONS_RETENTION_DAYS: '365',
    ...more,
  };
  return prepareInflux2(loadConfig({ environment }), folder);
}

const tokenIn = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
/** What a token reaches, as `action database`. */
function reachOf(name: string): string[] {
  const found = influx.authorizations.find(({ token }) => token === tokenIn(name));
  const names = new Map([...influx.buckets].map(([bucket, { id }]) => [id, bucket]));
  return (found?.permissions ?? []).map(
    ({ action, resource }) => `${action} ${resource.type} ${names.get(resource.id)} ${resource.orgID}`,
  );
}

describe('prepareInflux2', () => {
  it('makes the three databases with their retention, and a token for each holder', async () => {
    const { databases, files } = await prepare();
    expect(databases).toEqual(['jieyue_readings', 'jieyue_positions', 'jieyue_figures']);
    expect([...influx.buckets].map(([name, { retention }]) => [name, retention])).toEqual([
      ['jieyue_readings', 0],
      ['jieyue_positions', 365 * 86_400],
      ['jieyue_figures', 0],
    ]);
    expect(files).toEqual(Object.keys(tokens).map((name) => join(folder, name)));
    expect(new Set(Object.keys(tokens).map(tokenIn)).size).toBe(files.length);
    expect(reachOf('ingest/readings')).toEqual([
      `read buckets jieyue_readings ${org}`,
      `write buckets jieyue_readings ${org}`,
    ]);
    expect(reachOf('api/readings')).toEqual([`read buckets jieyue_readings ${org}`]);
    expect(reachOf('grafana/boards')).toEqual([
      `read buckets jieyue_readings ${org}`,
      `read buckets jieyue_figures ${org}`,
    ]);
  });

  it('gives positions to nobody but the holders of their own token, and writing to Grafana nowhere', async () => {
    await prepare();
    for (const name of Object.keys(tokens)) {
      const reach = reachOf(name).join();
      expect(reach.includes('jieyue_positions'), name).toBe(name.endsWith('/positions'));
      if (name.startsWith('grafana/')) expect(reach).not.toContain('write');
    }
  });

  it('keeps files to their owner; Grafana’s to its group', async () => {
    await prepare();
    for (const name of Object.keys(tokens)) {
      const wanted = name.startsWith('grafana/') ? 0o640 : 0o600;
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(wanted);
    }
  });

  it('changes nothing the second time', async () => {
    await prepare();
    const before = Object.keys(tokens).map(tokenIn);
    server.asked = [];
    await prepare();
    expect(Object.keys(tokens).map(tokenIn)).toEqual(before);
    expect(server.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('makes a token anew, and withdraws the old one, where its file is lost or holds another', async () => {
    await prepare();
    const lost = tokenIn('api/figures');
    rmSync(join(folder, 'api/figures'));
    // It is known, and reaches something else.
    writeFileSync(join(folder, 'grafana/boards'), tokenIn('api/readings'));
    writeFileSync(join(folder, 'ingest/readings'), 'nobody’s');
    await prepare();
    expect(reachOf('api/figures')).toHaveLength(2);
    expect(reachOf('grafana/boards')).toHaveLength(2);
    expect(reachOf('ingest/readings')).toHaveLength(2);
    expect(influx.authorizations.map(({ token }) => token)).not.toContain(lost);
    expect(influx.authorizations).toHaveLength(Object.keys(tokens).length);
  });

  it('says what is missing, and what the server refuses, without a token in the message', async () => {
    await expect(prepare({ JIEYUE_STORE_INFLUX_ORGANISATION: '' })).rejects.toMatchObject({
      code: 'config.missing',
    });
    const refused = await prepare({ JIEYUE_STORE_INFLUX_TOKEN: 'not-the-token' }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(JieyueError);
    expect(refused).toMatchObject({ code: 'store.unavailable' });
    expect(String(refused)).toContain('401');
    expect(String(refused)).not.toContain('not-the-token');
    expect(existsSync(join(folder, 'ingest'))).toBe(false);
  });
});
