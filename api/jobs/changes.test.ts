// A fresh installation, and what is imported into it: real registry, real InfluxDB.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import { type BoardWorld, boardWorld } from '../../core/testing/board-world.ts';
import { InfluxServer, installInfluxDb } from '../../core/testing/influx-server.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { by, electricPoint, testCalendar } from '../../core/testing/test-registry.ts';

const influxd = requireServer('influxd', installInfluxDb);
const at = (text: string) => testCalendar.parse(text) ?? Number.NaN;
const names = ['consumption', 'periods', 'nights', 'history', 'night-history'];

describe.skipIf(influxd === undefined)('history that comes later', () => {
  const server = new InfluxServer(influxd ?? '');
  let world: BoardWorld;
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  afterEach(() => world.end());

  /** A city with two buildings of one point each; nothing was received. */
  async function fresh(): Promise<{ city: string; main: string; gym: string }> {
    world = await boardWorld(server);
    world.clock.at = at('2024-03-10T10:20');
    const validFrom = at('2020-01-01');
    const { registry } = world;
    const city = (await registry.institutions.create({ name: 'City', parent: null, validFrom }, by)).id;
    const [main, gym] = await Promise.all(
      ['Main', 'Gym'].map(
        async (name) => (await registry.buildings.create({ name, institution: city, validFrom }, by)).id,
      ),
    );
    for (const [key, building = ''] of [
      ['a/main', main],
      ['a/gym', gym],
    ] as const)
      await registry.points.register(electricPoint(key, { building, validFrom }), by);
    return { city, main: main ?? '', gym: gym ?? '' };
  }

  function put(point: PointKey, from: string, to: string, value = 1): Promise<void> {
    const [start, end] = [at(from), at(to)];
    const hours = Array.from({ length: (end - start) / hourMs }, (_, index) => ({
      ts: start + index * hourMs,
      value,
    }));
    return world.putHours(point, 'electricity', hours);
  }

  async function run(...jobs: readonly string[]): Promise<void> {
    for (const name of jobs) expect([name, await world.jobs.run(name)]).toEqual([name, 'success']);
  }

  /** Value by bucket's start. */
  async function written(
    of: string,
    bucket: string,
    field = 'value',
  ): Promise<ReadonlyMap<unknown, unknown>> {
    const rows = await world.rows('consumption', `"of" = '${of}' AND "bucket" = '${bucket}'`);
    return new Map(rows.map((row) => [row['time'], row[field]]));
  }

  it('is written whole, hours too, by the first run that finds a reading', async () => {
    const { city, main } = await fresh();
    for (const name of names) expect([name, await world.jobs.run(name)]).toEqual([name, 'waiting']);
    await put('a/main', '2021-12-30', '2024-03-10');
    await run(...names);
    for (const of of [city, main]) {
      expect((await written(of, 'hour')).get(at('2021-12-30T05'))).toBe(1);
      expect((await written(of, 'day')).get(at('2024-02-02'))).toBe(24);
      expect((await written(of, 'year')).get(at('2022-01-01'))).toBe(365 * 24);
    }
    expect(await world.rows('nights', `time = ${at('2022-06-01')}ms`)).toHaveLength(1);
  });

  it('is followed within minutes once all was written, by hours however old, and beside it the year after', async () => {
    const { city, main, gym } = await fresh();
    await put('a/main', '2023-12-01', '2024-03-10T10:00');
    await run(...names, 'changes');
    // Years of another meter, older than the hours that are corrected by night.
    await put('a/gym', '2021-12-30', '2024-03-10T10:00', 2);
    await run('changes');
    expect((await written(gym, 'hour')).get(at('2021-12-31T23'))).toBe(2);
    expect((await written(gym, 'day')).get(at('2022-05-05'))).toBe(48);
    expect((await written(gym, 'day')).get(at('2024-03-05'))).toBe(48);
    expect((await written(city, 'hour')).get(at('2024-02-10T07'))).toBe(3);
    expect((await written(city, 'month')).get(at('2024-01-01'))).toBe(31 * 24 * 3);
    expect((await written(city, 'year')).get(at('2022-01-01'))).toBe(365 * 24 * 2);
    expect((await written(city, 'day', 'last_year')).get(at('2024-02-03'))).toBe(48);
    expect((await written(city, 'year', 'last_year')).get(at('2023-01-01'))).toBe(365 * 24 * 2);
    expect((await written(main, 'hour')).has(at('2021-12-31T23'))).toBe(false);
    expect(await world.rows('nights', `"building" = '${gym}' AND time = ${at('2023-06-01')}ms`)).toHaveLength(
      1,
    );
  });

  it('is followed to its end where it comes in pieces, and what arrives every day costs nothing', async () => {
    const { main } = await fresh();
    await put('a/gym', '2024-03-01', '2024-03-10');
    await run(...names, 'changes');
    await put('a/main', '2024-02-01', '2024-03-02');
    await run('changes');
    await put('a/main', '2024-03-02', '2024-03-10');
    await run('changes');
    expect((await written(main, 'day')).get(at('2024-03-06'))).toBe(24);
    let asked = 0;
    const boards = {
      keys: (...args: Parameters<typeof world.store.boards.keys>) => {
        asked++;
        return world.store.boards.keys(...args);
      },
    };
    const jobs = world.another({ boards, holder: 'next' });
    await put('a/main', '2024-03-10', '2024-03-10T10:00');
    expect(await jobs.run('changes')).toBe('success');
    expect(asked).toBe(0);
  });

  it('is written by night, all of it, where it is not known what changed', async () => {
    const { gym } = await fresh();
    await put('a/main', '2024-01-01', '2024-03-10');
    await run(...names, 'changes');
    await put('a/gym', '2021-12-30', '2022-01-05', 2);
    // More notes than are kept.
    for (let note = 0; note < 1_040; note++)
      await world.registry.rollupChanges.note([
        { point: 'a/main', quantity: 'electricity', from: at('2024-03-01'), to: at('2024-04-01') },
      ]);
    await run('changes');
    expect((await written(gym, 'hour')).has(at('2021-12-31T23'))).toBe(false);
    await run('history');
    expect((await written(gym, 'hour')).get(at('2021-12-31T23'))).toBe(2);
    await put('a/gym', '2021-10-30', '2021-11-02', 3);
    await run('changes');
    expect((await written(gym, 'hour')).get(at('2021-10-31T23'))).toBe(3);
  });

  it('is written anew when somebody asks for it, whatever is remembered', async () => {
    const { main } = await fresh();
    await put('a/main', '2022-01-01', '2022-02-01');
    await run('history');
    await world.store.boards.write([
      {
        measurement: 'consumption',
        tags: { of: main, kind: 'building', carrier: 'electricity', item: 'total', bucket: 'hour' },
        ts: at('2022-01-05T03'),
        fields: { value: 77 },
      },
    ]);
    await run('history');
    expect((await written(main, 'hour')).get(at('2022-01-05T03'))).toBe(77);
    expect(await world.jobs.run('history', { asked: true })).toBe('success');
    expect((await written(main, 'hour')).get(at('2022-01-05T03'))).toBe(1);
  });
});
