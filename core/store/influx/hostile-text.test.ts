// Names and ids that would be statements or lines of their own, through a real InfluxDB 1.x: they come back as
// themselves and change nothing else. Rights and retention of databases that stand already, too.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PointKey } from '../../domain/topics.ts';
import { InfluxServer, installInfluxDb } from '../../testing/influx-server.ts';
import { influxAt } from '../../testing/open-influx.ts';
import { requireServer } from '../../testing/real-server.ts';
import { failure } from '../../testing/scripted-influx.ts';
import { InfluxConnection } from './connection.ts';
import type { InfluxStore } from './influx-store.ts';

const influxd = requireServer('influxd', installInfluxDb);
const noon = 1_750_000_000_000;
const hostile = [
  `'; DROP DATABASE "keep_figures"; --`,
  `" OR 1=1 --`,
  `x' OR 'a'='a`,
  '\\',
  `\\'; DROP MEASUREMENT "figures"; --`,
  'a\nfigures,institution=x value=1 1',
  'a,figure=other value=9,state=2i 5',
  'tag=value, with spaces',
  '市机关事务管理局 “一号”',
  '%27%',
  '$institution',
  '/.*/',
  '\t\r',
];

describe.skipIf(influxd === undefined)('hostile text, with InfluxDB 1.x', () => {
  const server = new InfluxServer(influxd ?? '');
  let store: InfluxStore | undefined;
  let places = 0;
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  afterEach(() => store?.stop());

  async function open(prefix = `place${++places}`): Promise<InfluxStore> {
    store = influxAt(prefix, (database) => server.options(database));
    await store.start();
    return store;
  }

  async function databases(): Promise<readonly unknown[]> {
    const connection = new InfluxConnection(server.options('none'));
    const rows = await connection.rows('SHOW DATABASES');
    connection.close();
    return rows.flat().sort();
  }

  it('figures of institutions and with names of any text come back as themselves', async () => {
    const store = await open('keep');
    const before = await databases();
    const rows = hostile.flatMap((institution, index) =>
      hostile.map((figure, place) => ({
        ...{ institution, figure, bucket: 'day' as const, ts: noon },
        value: index * 100 + place,
      })),
    );
    await store.writeFigures(rows);
    for (const row of rows)
      expect(await store.figures(row.institution, row.figure, 'day', noon, noon + 1)).toEqual([row]);
    expect(await databases()).toEqual(before);
  });

  it('any institution comes back as itself', async () => {
    const store = await open();
    const names = fc.sample(
      fc.oneof(
        fc.string({
          unit: fc.constantFrom('"', "'", '\\', ',', '=', ' ', '%', ';', '\n', 'a'),
          minLength: 1,
        }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
      ),
      { numRuns: 150, seed: 8 },
    );
    const rows = [...new Set(names)].map((institution, value) => ({
      ...{ institution, figure: 'kwh', bucket: 'month' as const, ts: noon, value },
    }));
    await store.writeFigures(rows);
    for (const row of rows)
      expect(await store.figures(row.institution, 'kwh', 'month', noon, noon + 1)).toEqual([row]);
  });

  it('readings, positions and rollups of any point come back as themselves, after a restart too', async () => {
    const first = await open();
    const points = hostile.map((text): PointKey => `agent/${text}`);
    const handles = points.map((point) => first.series(point, 'electricity'));
    const positions = points.map((vehicle, index) => ({
      ...{ vehicle, ts: noon, lat: 30, lon: 120, speedKmh: index, courseDeg: 0, extras: {} },
    }));
    const columns = { series: handles, ts: handles.map(() => noon), value: handles.map((_, index) => index) };
    await first.write({ ...columns, length: handles.length }, positions, []);
    const hour = { ...{ ts: noon, value: 1, min: 1, max: 2 }, measuredMs: 3_600_000, estimatedMs: 0 };
    const window = { from: noon, to: noon + 1, rows: [hour] };
    const nothing = { from: noon, to: noon, rows: [] };
    await first.replaceRollups(
      handles.map((series) => ({
        ...{ series, exclusionWindow: nothing },
        windows: { hour: window, day: nothing, month: nothing },
      })),
    );
    await first.stop();

    const again = influxAt(`place${places}`, (database) => server.options(database));
    store = again;
    await again.start();
    expect((await again.stats()).series).toBe(points.length);
    expect([...again.pointsOfAgent('agent')].sort()).toEqual([...points].sort());
    const found = points.map((point) => again.findSeries(point, 'electricity') ?? -1);
    expect(await again.latest(found)).toEqual(points.map((_, value) => ({ ts: noon, value })));
    const windows = found.map((series) => ({ series, from: 0, to: noon + 1 }));
    expect(await again.rollupWindows('hour', windows)).toEqual(points.map(() => [hour]));
    for (const [index, vehicle] of points.entries())
      expect(await again.positions(vehicle, 0, noon + 1, 10)).toEqual([positions[index]]);
  });

  it('a position whose extras someone else wrote comes back without them', async () => {
    const store = await open();
    const vehicle: PointKey = 'fleet/a';
    const rows = [1, 2, 3].map((speedKmh) => ({
      ...{ vehicle, ts: noon + speedKmh, lat: 30, lon: 120, speedKmh, courseDeg: 0 },
      extras: { fuelL: 7 },
    }));
    await store.write({ series: [], ts: [], value: [], length: 0 }, rows, []);
    const connection = new InfluxConnection(server.options(`place${places}_positions`));
    await connection.write([`positions,vehicle=${vehicle} extras="no {json" ${noon + 2}`]);
    connection.close();
    const found = await store.positions(vehicle, 0, noon + 10, 10);
    expect(found.map(({ extras }) => extras)).toEqual([{ fuelL: 7 }, {}, { fuelL: 7 }]);
  });

  it('a database of any name is made, written and read', async () => {
    const name = `odd "one"; DROP DATABASE "keep_figures"`;
    const connection = new InfluxConnection(server.options(name));
    await connection.open();
    await connection.write(['m value=1 1']);
    expect(await connection.rows('SELECT "value" FROM "m"')).toEqual([[1, 1]]);
    expect(await databases()).toContain(name);
    expect(await databases()).toContain('keep_figures');
    connection.close();
  });

  it('a poisoned row is refused with its reason, and the others are in', async () => {
    const connection = new InfluxConnection(server.options('poison'));
    await connection.open();
    await connection.write(['m,point=a value=1 1']);
    const { code, message } = await failure(
      connection.write(['m,point=a value=2 2', 'm,point=a value="timeout" 3', 'm,point=a value=4 4']),
    );
    expect(code).toBe('row.refused-by-store');
    expect(message).toContain('field type conflict');
    const text = await failure(connection.write(['m,point=hinted\\ handoff\\ timeout value=nonsense 1']));
    expect(text.code).toBe('row.refused-by-store');
    expect(text.message).toContain('invalid number');
    expect(await connection.rows('SELECT "value" FROM "m"')).toEqual([
      [1, 1],
      [2, 2],
      [4, 4],
    ]);
    connection.close();
  });

  it('a database that stands keeps its retention, and says it', async () => {
    const first = influxAt('kept', (database) =>
      server.options(database, { retentionDays: database.endsWith('figures') ? 0 : 30, shardDays: 28 }),
    );
    await first.start();
    await first.stop();
    store = influxAt('kept', (database) => server.options(database, { retentionDays: 0 }));
    await store.start();
    expect(await store.readingsKeptMs()).toBe(30 * 86_400_000);
    const connection = new InfluxConnection(server.options('kept_readings'));
    expect(await connection.rows('SHOW RETENTION POLICIES')).toEqual([
      ['autogen', '720h0m0s', '672h0m0s', 1, true],
    ]);
    await connection.query(['ALTER RETENTION POLICY "autogen" ON "kept_readings" DURATION INF']);
    expect(await store.readingsKeptMs()).toBe(Number.POSITIVE_INFINITY);
    connection.close();
    await store.stop();
    store = undefined;
    const other = influxAt('kept', (database) => server.options(database), { timeZone: 'Asia/Urumqi' });
    expect(await failure(other.start())).toMatchObject({ code: 'config.invalid' });
    await other.stop();
  });
});

describe.skipIf(influxd === undefined)('figures that would be dropped when they are old', () => {
  const server = new InfluxServer(influxd ?? '');
  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('are refused at the start with the way out, and taken once that is gone', async () => {
    const connection = new InfluxConnection(server.options('short_figures', { retentionDays: 365 }));
    await connection.open();
    const store = influxAt('short', (database) => server.options(database));
    const { code, message } = await failure(store.start());
    expect(code).toBe('config.invalid');
    expect(message).toContain('the database short_figures drops figures after 365 days');
    const way = /ALTER RETENTION POLICY … ON "short_figures" DURATION INF/.exec(message)?.[0] ?? '';
    await connection.query([way.replace('…', '"autogen"')]);
    connection.close();
    await store.start();
    await store.stop();
  });
});

describe.skipIf(influxd === undefined)('rights, with InfluxDB 1.x', () => {
  const server = new InfluxServer(influxd ?? '', 'auth-enabled = true');
  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('users without the right to make databases open those that they may use, and are told else', async () => {
    const admin = { user: 'root', password: 'root-secret' };
    const user = { user: 'jieyue', password: 'jieyue-secret' };
    const none = new InfluxConnection(server.options('none'));
    await none.query([`CREATE USER "root" WITH PASSWORD 'root-secret' WITH ALL PRIVILEGES`]);
    const root = new InfluxConnection(server.options('own_readings', admin));
    await root.query([`CREATE USER "jieyue" WITH PASSWORD 'jieyue-secret'`]);
    const parts = ['own_readings', 'own_positions', 'own_figures'];
    for (const part of parts)
      await root.query([`CREATE DATABASE "${part}"`, `GRANT ALL ON "${part}" TO "jieyue"`]);
    await root.query(['CREATE DATABASE "foreign"']);

    const store = influxAt('own', (database) => server.options(database, user));
    await store.start();
    await store.writeFigures([{ institution: 'i', figure: 'f', bucket: 'day', ts: noon, value: 1 }]);
    expect(await store.figures('i', 'f', 'day', 0, noon + 1)).toHaveLength(1);
    await store.stop();

    const foreign = new InfluxConnection(server.options('foreign', user));
    for (const work of [() => foreign.open(), () => foreign.write(['m v=1 1'])]) {
      const { code, message } = await failure(work());
      expect(code).toBe('store.unavailable');
      expect(message).not.toContain('jieyue-secret');
    }
    const wrong = new InfluxConnection(server.options('own_readings', { user: 'jieyue', password: 'wrong' }));
    expect((await failure(wrong.open())).message).toContain('check user and password');
    for (const connection of [none, root, foreign, wrong]) connection.close();
  });
});
