// Statements and lines of InfluxDB, written into every parameter of every route, and into names and ids where things are
// registered: whoever asks is told that it is wrong, or gets nothing, and the server holds what it held before.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describe as describePlaces } from '../api/jobs/describe.ts';
import { isJieyueError } from '../core/domain/errors.ts';
import { identifier } from '../core/domain/influxql.ts';
import { databaseSuffixes } from '../core/domain/series.ts';
import { hourMs } from '../core/domain/time.ts';
import type { PointKey } from '../core/domain/topics.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { InfluxConnection } from '../core/store/influx/connection.ts';
import type { InfluxStore } from '../core/store/influx/influx-store.ts';
import { InfluxServer, installInfluxDb } from '../core/testing/influx-server.ts';
import { influxAt } from '../core/testing/open-influx.ts';
import { requireServer } from '../core/testing/real-server.ts';
import { routeSamples, sampleWorld } from '../core/testing/route-samples.ts';
import { points, type TestApi, testApi } from '../core/testing/test-api.ts';
import { by, electricPoint, midnight, testCalendar } from '../core/testing/test-registry.ts';
import { RollupWorker } from '../ingest/rollups/rollup-worker.ts';

const influxd = requireServer('influxd', installInfluxDb);
const prefix = 'city';
const databases = Object.values(databaseSuffixes).map((suffix) => `${prefix}_${suffix}`);
const hostile = [
  `'; DROP DATABASE "city_readings"; --`,
  `x' OR 'a'='a`,
  `x' OR "point" =~ /.*/ OR 'a'='`,
  `" ; DROP MEASUREMENT "hours`,
  `"; DELETE FROM "readings`,
  `\\'; DROP SERIES FROM "readings"; --`,
  `electricity' GROUP BY *; SELECT * INTO "stolen" FROM "readings`,
  `' UNION SELECT 1`,
  `0ms; DROP DATABASE city_figures`,
  `1735660800000ms OR time > 0`,
  `now() - 10000d`,
  '/.*/',
  '.*',
  '*',
  '\\',
  `gateway-1/main' OR 'a'='a`,
  'gateway-1/main,quantity=power value=9 1',
  'a\nreadings,point=x,quantity=power value=1 1',
  'a\r\nreadings value=1',
  '$timeFilter',
  '%27%20OR%201%3D1',
  '\u0000',
  '{{7*7}}',
  '市机关事务管理局 “一号”',
  '["a","b"]',
  '{"$ne":null}',
];

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
}

describe.skipIf(influxd === undefined)('hostile text, with InfluxDB 1.x behind API and registry', () => {
  const server = new InfluxServer(influxd ?? '');
  let store: InfluxStore;
  let api: TestApi;

  beforeAll(async () => {
    await server.start();
    store = influxAt(prefix, (database) => server.options(database));
    await store.start();
    api = await testApi({ store });
    await fill();
  });
  afterAll(async () => {
    await api?.end();
    await store?.stop();
    await server.remove();
  });

  /** Readings of two institutions, with what the rollups make of them. */
  async function fill(): Promise<void> {
    const from = midnight('2024-01-01');
    for (const point of [points.main, points.clinic]) {
      const series = store.series(point, 'electricity');
      const ts = Array.from({ length: 1_000 }, (_, hour) => from + hour * hourMs);
      const columns = {
        series: ts.map(() => series),
        ts,
        value: ts.map((_, hour) => hour),
        length: ts.length,
      };
      await store.write(columns, [], []);
      await api.registry.marks.add([{ point, quantity: 'electricity', from, to: ts.at(-1) ?? from }]);
    }
    const worker = new RollupWorker({
      ...{ store, registry: api.registry, calendar: testCalendar, holder: 'test', everyMs: 20 },
      ...{ busy: () => false, clock: api.clock, log: silentLogger, metrics: new Metrics() },
    });
    await worker.settle();
    await worker.stop();
  }

  /** What is on the server: databases, users, retention, measurements, series, fields, and how many rows of each. */
  async function held(): Promise<unknown> {
    const all = new InfluxConnection(server.options('none'));
    const told: unknown[] = [await all.rows('SHOW DATABASES'), await all.rows('SHOW USERS')];
    all.close();
    for (const database of databases) {
      const connection = new InfluxConnection(server.options(database));
      for (const statement of [
        `SHOW RETENTION POLICIES ON ${identifier(database)}`,
        'SHOW CONTINUOUS QUERIES',
        'SHOW MEASUREMENTS',
        'SHOW SERIES',
        'SHOW FIELD KEYS',
        'SELECT count(*) FROM /.*/',
      ])
        told.push(database, statement, await connection.rows(statement));
      connection.close();
    }
    return told;
  }

  /** Every GET route by its sample, and the names of all its parameters. */
  async function routes(): Promise<{ pattern: string; url: URL; names: readonly string[] }[]> {
    const { body } = await api.get('/openapi.json', { key: undefined });
    const documented = new Map(
      Object.entries<{ get?: { parameters?: Parameter[] } }>(body.paths).map(([path, { get }]) => [
        path.replace(/\{(\w+)\}/g, ':$1'),
        get?.parameters ?? [],
      ]),
    );
    const world = await sampleWorld(api);
    const found = [];
    for (const [name, sample] of Object.entries(routeSamples)) {
      const pattern = name.replace(/^GET /, '');
      if (pattern === name || !pattern.startsWith('/api/')) continue;
      const url = new URL((await sample.call(world)).url, 'http://127.0.0.1');
      const stated = documented.get(pattern) ?? documented.get(pattern.replace(':agent/:point', ':id')) ?? [];
      const inPath = [...pattern.matchAll(/:(\w+)/g)].map(([, each = '']) => each);
      const inQuery = stated.filter((each) => each.in === 'query').map((each) => each.name);
      found.push({ pattern, url, names: [...inPath, ...new Set([...inQuery, ...url.searchParams.keys()])] });
    }
    return found;
  }

  /** The sample's address with one parameter as told, be it of the path or of the query. */
  function addressOf(pattern: string, url: URL, name: string, text: string): string {
    const parts = url.pathname.split('/');
    const place = pattern.split('/').indexOf(`:${name}`);
    const query = new URLSearchParams(url.searchParams);
    if (place >= 0) parts[place] = encodeURIComponent(text);
    else query.set(name, text);
    return query.size === 0 ? parts.join('/') : `${parts.join('/')}?${query}`;
  }

  it('in any parameter of any route: 4xx or nothing, and nothing has changed', async () => {
    const before = await held();
    // Positions are for supervisors alone, all else for an admin.
    const grant = { institution: null } as const;
    const key = await api.keyOf({ ...grant, role: 'admin' }, { ...grant, role: 'vehicle-supervisor' });
    let asked = 0;
    for (const { pattern: path, url, names } of await routes()) {
      const plain = await api.get(`${url.pathname}${url.search}`, { key });
      expect([path, plain.status, plain.text.slice(0, 300)]).toEqual([path, 200, expect.any(String)]);
      for (const name of names) {
        for (const text of hostile) {
          const {
            status,
            text: answer,
            body,
          } = await api.get(addressOf(path, url, name, text), {
            key,
          });
          asked++;
          const where = `${path} ${name}=${text}: ${status} ${answer.slice(0, 200)}`;
          // A region is a label: one that has no factors makes figures of the same institution unknown. A purpose is any text.
          const most = ['gridRegion', 'purpose'].includes(name) ? rowsIn(plain.body) : 0;
          if (status === 200) expect([where, rowsIn(body)]).toEqual([where, Math.min(most, rowsIn(body))]);
          else expect(where).toMatch(/: 4\d\d /);
          expect(answer).not.toMatch(/error parsing query|InfluxDB|SELECT "/);
        }
      }
    }
    expect(asked).toBeGreaterThan(1_000);
    expect(await held()).toEqual(before);
  }, 60_000);

  it('as names where things are registered: they come back as themselves, and make no series of their own', async () => {
    const validFrom = midnight('2024-01-01');
    const names = hostile.filter((name) => name.trim() !== '' && !name.includes('\u0000'));
    const before = (await held()) as readonly unknown[];
    const ids: string[] = [];
    for (const [index, name] of names.entries()) {
      const { id } = await api.registry.institutions.create({ name, parent: null, validFrom }, by);
      const building = await api.registry.buildings.create({ name, institution: id, validFrom }, by);
      const key: PointKey = `hostile/p${index}`;
      await api.registry.points.register(electricPoint(key, { name, building: building.id }), by);
      ids.push(id);
    }
    // What the API remembers of the registry is a moment old at most.
    api.clock.at += hourMs;
    const { boards } = store;
    const deps = { store, boards, registry: api.registry, calendar: testCalendar, clock: api.clock };
    const run = { startedAt: api.clock.at, lastSuccess: undefined, undisturbed: false, asked: true };
    await describePlaces({ ...deps, log: silentLogger }, { ...run, mayGoOn: () => Promise.resolve() });

    const { body } = await api.get('/api/v1/institutions');
    const listed = new Map<string, string>(
      body.institutions.map(({ id, name }: { id: string; name: string }) => [id, name]),
    );
    expect(ids.map((id) => listed.get(id))).toEqual(names);
    const figures = new InfluxConnection(server.options(`${prefix}_figures`));
    const rows = await figures.query([`SELECT "name" FROM "institutions" GROUP BY "institution"`]);
    const described = new Map(rows[0]?.map(({ tags, rows: [row] }) => [tags['institution'], row?.[1]]));
    figures.close();
    expect(ids.map((id) => described.get(id))).toEqual(names);

    const after = (await held()) as readonly unknown[];
    const isSeries = (told: readonly unknown[]) => (_: unknown, at: number) => told[at - 1] === 'SHOW SERIES';
    const seriesOf = (told: readonly unknown[]) => told.filter(isSeries(told)).flat(2) as readonly string[];
    const fresh = seriesOf(after).filter((key) => !seriesOf(before).includes(key));
    const known = /^(institutions,institution|buildings,building|points,point)=[\w./-]+$/;
    expect(fresh.filter((key) => !known.test(key))).toEqual([]);
    expect(fresh.length).toBeGreaterThanOrEqual(3 * names.length);
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  });

  it('as ids where points and agents are registered: refused, and nothing has changed', async () => {
    const before = await held();
    const register = (key: PointKey) => () => api.registry.points.register(electricPoint(key), by);
    for (const text of hostile) {
      for (const work of [
        register(`gateway-1/${text}`),
        register(`${text}/main`),
        register(text as PointKey),
        () => api.registry.agents.create(text, 'a password'),
      ]) {
        // The registry knows one of these already: refused as well.
        const error: unknown = await work().then(
          () => `${text} was taken`,
          (thrown: unknown) => thrown,
        );
        expect([text, isJieyueError(error) ? error.code : error]).toEqual([
          text,
          expect.stringMatching(/^(api|registry|row|config)\./),
        ]);
      }
    }
    expect(await held()).toEqual(before);
  });
});

/** How many things an answer lists. */
function rowsIn(body: unknown): number {
  if (Array.isArray(body)) return body.length;
  if (typeof body !== 'object' || body === null) return 0;
  return Object.values(body).reduce((sum: number, value) => sum + rowsIn(value), 0);
}
