// Real registry, real InfluxDB: what stands in the series is what the API answers.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Bucket, Calendar, hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Carrier } from '../../core/domain/units.ts';
import { type BoardWorld, boardWorld, dyingBoards, type Row } from '../../core/testing/board-world.ts';
import { InfluxServer, installInfluxDb } from '../../core/testing/influx-server.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { by, electricPoint, testCalendar } from '../../core/testing/test-registry.ts';
import { tidyOrNull } from '../http/numbers.ts';
import { ConsumptionQuery } from '../queries/consumption.ts';

const influxd = requireServer('influxd', installInfluxDb);
const buckets = ['hour', 'day', 'month', 'year'] as const;
const at = (text: string, calendar: Calendar = testCalendar) => calendar.parse(text) ?? Number.NaN;

describe.skipIf(influxd === undefined)('consumption as series', () => {
  const server = new InfluxServer(influxd ?? '');
  let world: BoardWorld;
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  afterEach(() => world.end());

  async function institution(name: string, parent: string | null = null, from = '2022-01-01') {
    const validFrom = at(from, world.calendar);
    return (await world.registry.institutions.create({ name, parent, validFrom }, by)).id;
  }
  async function building(name: string, owner: string, from = '2022-01-01') {
    const validFrom = at(from, world.calendar);
    return (await world.registry.buildings.create({ name, institution: owner, validFrom }, by)).id;
  }
  function hoursOf(from: string, to: string, value: (ts: number, index: number) => number | null) {
    const [start, end] = [at(from, world.calendar), at(to, world.calendar)];
    return Array.from({ length: (end - start) / hourMs }, (_, index) => {
      const ts = start + index * hourMs;
      return { ts, value: value(ts, index) };
    });
  }
  async function all(jobs = world.jobs): Promise<void> {
    for (const name of ['consumption', 'periods', 'history'])
      expect([name, await jobs.run(name)]).toEqual([name, 'success']);
  }
  const rowsOf = (of: string, bucket: Bucket, item = 'total') =>
    world.rows('consumption', `"of" = '${of}' AND "bucket" = '${bucket}' AND "item" = '${item}'`);
  const pick = (rows: readonly Row[], ...names: string[]) =>
    rows.map((row) => [
      world.calendar.format(Number(row['time'])).slice(0, 13),
      ...names.map((name) => row[name]),
    ]);

  /** Every row there is beside the API's answer for its bucket; and of every bucket with a value there is a row. */
  async function expectTheApisFigures(
    of: string,
    kind: 'building' | 'institution',
    carrier: Carrier,
    since: number,
  ) {
    const query = new ConsumptionQuery(world);
    const entity = { id: of, name: '', institution: null, parent: null };
    const found = kind === 'building' ? { kind, building: entity } : { kind, institution: entity };
    for (const bucket of buckets) {
      const rows = await world.rows(
        'consumption',
        `"of" = '${of}' AND "carrier" = '${carrier}' AND "item" = 'total' AND "bucket" = '${bucket}'`,
      );
      const written = new Map(rows.map((row) => [Number(row['time']), row]));
      const from = world.calendar.floor(Math.min(since, ...written.keys()), bucket);
      const to = world.calendar.next(world.clock.at, bucket);
      const answer = await query.answer({ of: found, carrier, bucket, from, to });
      const wrong = answer.rows.flatMap((row) => {
        const here = written.get(row.from);
        written.delete(row.from);
        const coverage = (row.measuredMs + row.estimatedMs) / row.expectedMs;
        const isRight =
          here === undefined
            ? row.value === null
            : here['known'] === (row.value === null ? 0 : 1) &&
              isClose(here['value'], tidyOrNull(row.value) ?? 0) &&
              (row.expectedMs === 0 || isClose(here['coverage'], coverage));
        return isRight ? [] : [{ row, here }];
      });
      expect({ bucket, wrong, beside: [...written.keys()] }).toEqual({ bucket, wrong: [], beside: [] });
    }
  }

  it('is what the API answers for the same buckets, and keeps the unknown unknown', async () => {
    world = await boardWorld(server);
    world.clock.at = at('2024-03-10T10:20');
    const city = await institution('City');
    const school = await institution('School', city);
    const main = await building('Main', school);
    const gym = await building('Gym', school);
    await world.registry.points.registerAll(
      [
        electricPoint('a/main', { building: main, validFrom: at('2022-01-01') }),
        electricPoint('a/gym', { building: gym, validFrom: at('2023-06-01') }),
        electricPoint('a/silent', { building: gym, validFrom: at('2022-01-01') }),
      ],
      by,
    );
    await world.putHours(
      'a/main',
      'electricity',
      hoursOf('2023-01-01', '2024-03-10T10:00', (_, index) => (index % 7) + 0.1),
    );
    await world.putHours(
      'a/gym',
      'electricity',
      hoursOf('2023-11-20', '2024-03-09T05:00', (_, index) => (index % 5 ? 1 / 3 : null)),
    );
    await all();
    await world.jobs.run('consumption');
    for (const [of, kind] of [
      [main, 'building'],
      [gym, 'building'],
      [school, 'institution'],
      [city, 'institution'],
    ] as const)
      await expectTheApisFigures(of, kind, 'electricity', at('2023-01-01'));
    const silent = (await rowsOf(gym, 'hour')).filter((row) => Number(row['time']) >= at('2024-03-09T05:00'));
    expect(new Set(silent.map((row) => `${row['known']} ${row['value']}`))).toEqual(new Set(['0 0']));
    expect((await rowsOf(city, 'year')).map((row) => [row['name'], row['parent'], row['path']])).toEqual(
      Array.from({ length: 2 }, () => ['City', '', `${city}/`]),
    );
    const [ofGym] = await rowsOf(gym, 'month');
    expect([ofGym?.['name'], ofGym?.['parent'], ofGym?.['path']]).toEqual([
      'Gym',
      school,
      `${city}/${school}/`,
    ]);
  });

  it('has last year by the calendar: months, dates, and of what runs the same stretch', async () => {
    world = await boardWorld(server);
    world.clock.at = at('2024-03-10T10:20');
    const city = await institution('City');
    const main = await building('Main', city);
    await world.registry.points.register(
      electricPoint('a/main', { building: main, validFrom: at('2022-01-01') }),
      by,
    );
    // Each hour of 2022 is 1, of 2023 is 2, of 2024 is 3.
    await world.putHours(
      'a/main',
      'electricity',
      hoursOf('2022-01-01', '2024-03-10T10:00', (ts) => Number(world.calendar.format(ts).slice(0, 4)) - 2021),
    );
    await all();
    const days = pick(
      await rowsOf(main, 'day'),
      'value',
      'last_year',
      'last_year_known',
      'change',
      'change_known',
    );
    const day = (date: string) => days.find(([time]) => String(time).startsWith(date));
    expect(day('2024-02-28')?.slice(1)).toEqual([72, 48, 1, 0.5, 1]);
    expect(day('2024-02-29')?.slice(1)).toEqual([72, 0, 0, 0, 0]);
    expect(day('2024-03-01')?.slice(1)).toEqual([72, 48, 1, 0.5, 1]);
    expect(day('2022-05-01')?.slice(1)).toEqual([24, 0, 0, 0, 0]);
    // Ten hours of today, ten of the day last year.
    expect(day('2024-03-10')?.slice(1)).toEqual([30, 20, 1, 0.5, 1]);
    const months = pick(await rowsOf(main, 'month'), 'value', 'last_year');
    expect(months.find(([time]) => String(time).startsWith('2024-02'))?.slice(1)).toEqual([29 * 72, 28 * 48]);
    expect(months.find(([time]) => String(time).startsWith('2024-03'))?.slice(1)).toEqual([
      9 * 72 + 30,
      9 * 48 + 20,
    ]);
    const years = pick(await rowsOf(main, 'year'), 'value', 'last_year', 'last_year_known');
    expect(years.at(-1)?.slice(1)).toEqual([69 * 72 + 30, (31 + 28 + 9) * 48 + 20, 1]);
    expect(years[0]?.slice(1)).toEqual([365 * 24, 0, 0]);
    const hours = pick(await rowsOf(main, 'hour'), 'last_year', 'last_year_known');
    expect(hours.find(([time]) => time === '2024-02-29T05')?.slice(1)).toEqual([0, 0]);
    expect(hours.find(([time]) => time === '2024-03-01T05')?.slice(1)).toEqual([2, 1]);
  });

  it('counts a point that moves once, also where a fact says so afterwards', async () => {
    world = await boardWorld(server);
    world.clock.at = at('2024-03-10T10:20');
    const city = await institution('City');
    const [a, b] = [await building('A', city), await building('B', city)];
    const { registry } = world;
    await registry.points.register(electricPoint('a/p', { building: a, validFrom: at('2023-01-01') }), by);
    await world.putHours(
      'a/p',
      'electricity',
      hoursOf('2023-12-01', '2024-03-10T10:00', () => 1),
    );
    await all();
    await registry.facts.record(
      [{ entity: 'a/p', attribute: 'building', validFrom: at('2024-01-15'), value: b }],
      by,
    );
    await all();
    for (const bucket of buckets) {
      const sums = new Map<unknown, number>();
      for (const of of [a, b])
        for (const row of await rowsOf(of, bucket))
          sums.set(row['time'], (sums.get(row['time']) ?? 0) + Number(row['value']));
      const whole = new Map((await rowsOf(city, bucket)).map((row) => [row['time'], row['value']]));
      expect([bucket, sums]).toEqual([bucket, whole]);
    }
    await expectTheApisFigures(a, 'building', 'electricity', at('2023-12-01'));
    // It was never there at all.
    await registry.facts.record(
      [{ entity: 'a/p', attribute: 'building', validFrom: at('2023-01-01'), value: b }],
      by,
    );
    await all();
    for (const bucket of buckets)
      expect((await rowsOf(a, bucket)).filter((row) => row['known'] !== 0)).toEqual([]);
    const taken = (await world.rows('day_hours', `"building" = '${a}'`)).filter((row) => row['known'] !== 0);
    expect(taken).toEqual([]);
  });

  it('sums sub-meters by kind of use, each once, and says of renamed institutions the new name', async () => {
    world = await boardWorld(server);
    world.clock.at = at('2024-03-10T10:20');
    const city = await institution('City');
    const main = await building('Main', city);
    const validFrom = at('2023-01-01');
    const sub = { role: 'sub-meter', building: main, validFrom } as const;
    await world.registry.points.registerAll(
      [
        electricPoint('a/main', { building: main, validFrom }),
        electricPoint('a/light', { ...sub, parent: 'a/main', item: 'lighting-and-sockets' }),
        electricPoint('a/corridor', { ...sub, parent: 'a/light', item: 'lighting-and-sockets' }),
        electricPoint('a/lifts', { ...sub, parent: 'a/main', item: 'power' }),
        electricPoint('a/unknown', { ...sub, parent: 'a/main' }),
      ],
      by,
    );
    const values = { main: 10, light: 4, corridor: 1, lifts: 2, unknown: 1 };
    for (const [point, value] of Object.entries(values))
      await world.putHours(
        `a/${point}`,
        'electricity',
        hoursOf('2024-02-01', '2024-03-10T10:00', () => value),
      );
    await all();
    const february = async (of: string, item: string) =>
      (await rowsOf(of, 'month', item))
        .filter((row) => row['time'] === at('2024-02-01'))
        .map((row) => row['value']);
    for (const of of [main, city]) {
      expect(await february(of, 'total')).toEqual([29 * 24 * 10]);
      expect(await february(of, 'lighting-and-sockets')).toEqual([29 * 24 * 4]);
      expect(await february(of, 'power')).toEqual([29 * 24 * 2]);
      expect(await february(of, 'special')).toEqual([]);
    }
    await world.registry.facts.record(
      [{ entity: city, attribute: 'name', validFrom: at('2024-03-01'), value: 'New' }],
      by,
    );
    await all();
    expect(new Set((await world.rows('consumption', `"of" = '${city}'`)).map((row) => row['name']))).toEqual(
      new Set(['New']),
    );
  });

  it('killed mid-way leaves nothing wrong after the next run', async () => {
    world = await boardWorld(server);
    world.clock.at = at('2024-03-10T10:20');
    const city = await institution('City');
    const main = await building('Main', city);
    await world.registry.points.register(
      electricPoint('a/p', { building: main, validFrom: at('2022-01-01') }),
      by,
    );
    const put = (factor: number) =>
      world.putHours(
        'a/p',
        'electricity',
        hoursOf('2023-02-01', '2024-03-10T10:00', (_, index) => factor * (index % 24)),
      );
    await put(1);
    const first = world.another({ boards: dyingBoards(world.store, 2), holder: 'first' });
    expect(await first.run('history')).toBe('failed');
    await all();
    await put(2);
    const second = world.another({ boards: dyingBoards(world.store, 1), holder: 'second' });
    expect(await second.run('history')).toBe('failed');
    await all();
    for (const [of, kind] of [
      [main, 'building'],
      [city, 'institution'],
    ] as const)
      await expectTheApisFigures(of, kind, 'electricity', at('2023-02-01'));
  });

  it('writes what another process wrote over, and not again what has not changed', async () => {
    world = await boardWorld(server);
    world.clock.at = at('2024-03-10T10:20');
    const main = await building('Main', await institution('City'));
    await world.registry.points.register(
      electricPoint('a/p', { building: main, validFrom: at('2023-01-01') }),
      by,
    );
    const put = (value: number) =>
      world.putHours(
        'a/p',
        'electricity',
        hoursOf('2024-01-01', '2024-03-01', () => value),
      );
    let written = 0;
    const counting = {
      write: async (rows: Parameters<typeof world.store.boards.write>[0]) => {
        written += rows.length;
        await world.store.boards.write(rows);
      },
    };
    const mine = world.another({ boards: counting, holder: 'mine' });
    await put(1);
    await mine.run('history');
    await mine.run('history');
    written = 0;
    await mine.run('history');
    expect(written).toBe(0);
    await put(2);
    await world.jobs.run('history');
    await put(1);
    await mine.run('history');
    await all();
    await expectTheApisFigures(main, 'building', 'electricity', at('2024-01-01'));
  });

  it('is not written again because a meter was added, though more must be read at once', async () => {
    world = await boardWorld(server);
    world.clock.at = at('2024-03-10T10:20');
    const owner = await institution('City');
    const [main, gym] = [await building('Main', owner), await building('Gym', owner)];
    const validFrom = at('2023-01-01');
    const january = () => hoursOf('2024-01-01', '2024-02-01', () => 1);
    for (const key of ['a/1', 'a/2', 'a/3'] as const) {
      await world.registry.points.register(electricPoint(key, { building: main, validFrom }), by);
      await world.putHours(key, 'electricity', january());
    }
    const written: string[] = [];
    const counting = {
      write: async (rows: Parameters<typeof world.store.boards.write>[0]) => {
        for (const { measurement, tags } of rows)
          if (measurement === 'consumption') written.push(`${tags.of} ${tags.bucket}`);
        await world.store.boards.write(rows);
      },
    };
    const jobs = world.another({ boards: counting, holder: 'one', heldRows: 400 });
    for (let run = 0; run < 2; run++) expect(await jobs.run('history')).toBe('success');
    await world.registry.points.register(electricPoint('a/4', { building: gym, validFrom }), by);
    await world.putHours('a/4', 'electricity', january());
    written.length = 0;
    expect(await jobs.run('history')).toBe('success');
    expect(new Set(written)).toContain(`${gym} hour`);
    expect(written.filter((row) => row.startsWith(main))).toEqual([]);
  });

  it('takes public holidays for days of rest, adjusted Sundays for workdays, and what is said of days above both', async () => {
    world = await boardWorld(server);
    world.clock.at = at('2026-10-12T10:20');
    const main = await building('Main', await institution('City'));
    await world.registry.points.register(
      electricPoint('a/p', { building: main, validFrom: at('2026-01-01') }),
      by,
    );
    await world.putHours(
      'a/p',
      'electricity',
      hoursOf('2026-09-01', '2026-10-12T10:00', () => 1),
    );
    const days = async (...dates: string[]) => {
      const rows = await Promise.all(
        dates.map((date) => world.rows('day_hours', `"hour" = '09' AND time = ${at(date)}ms`)),
      );
      return rows.map(([row]) => row?.['day']);
    };
    await all(world.jobs);
    // A Sunday that is worked, National Day (a Thursday), the Friday after it, a Saturday, a Monday.
    const dates = ['2026-09-20', '2026-10-01', '2026-10-02', '2026-09-12', '2026-09-14'];
    expect(await days(...dates)).toEqual(['workday', 'weekend', 'weekend', 'weekend', 'workday']);
    await all(world.another({ days: { '2026-09-14': 'holiday', '2026-10-02': 'workday' } }));
    expect(await days(...dates)).toEqual(['workday', 'weekend', 'workday', 'weekend', 'weekend']);
  });

  it('is right where clocks change, by hour of the day too', async () => {
    const calendar = new Calendar('Europe/Berlin');
    world = await boardWorld(server, calendar);
    world.clock.at = at('2024-11-02T10:20', calendar);
    const main = await building('Main', await institution('City'));
    await world.registry.points.register(
      electricPoint('a/p', { building: main, validFrom: at('2022-01-01', calendar) }),
      by,
    );
    await world.putHours(
      'a/p',
      'electricity',
      hoursOf('2023-01-01', '2024-11-02T10:00', () => 1),
    );
    // Little fits into memory: months are cut into days, also on those days.
    await all(world.another({ heldRows: 100 }));
    await expectTheApisFigures(main, 'building', 'electricity', at('2023-01-01', calendar));
    const of = async (date: string) =>
      (await world.rows('day_hours', `time = ${at(date, calendar)}ms`)).map((row) => [
        row['hour'],
        row['value'],
        row['day'],
      ]);
    expect((await of('2024-03-31')).map(([hour]) => hour)).not.toContain('02');
    expect(await of('2024-03-31')).toHaveLength(23);
    expect((await of('2024-10-27')).find(([hour]) => hour === '02')).toEqual(['02', 2, 'weekend']);
    expect((await of('2024-10-28')).map(([, value, day]) => `${value} ${day}`)).toEqual(
      Array.from({ length: 24 }, () => '1 workday'),
    );
  });

  it('is what the API answers whatever facts say, however often they are corrected', {
    timeout: 120_000,
  }, async () => {
    const points: readonly PointKey[] = ['a/p1', 'a/p2', 'a/p3'];
    const dates = [
      '2023-11-01',
      '2023-12-10',
      '2024-01-15',
      '2024-02-29',
      '2024-03-09',
      '2024-03-10',
    ] as const;
    const change = fc.record({
      what: fc.constantFrom('building', 'parent', 'institution', 'role', 'quantities'),
      who: fc.nat({ max: 2 }),
      value: fc.nat({ max: 3 }),
      date: fc.constantFrom(...dates),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 8 }),
        fc.array(change, { maxLength: 4 }),
        async (before, after) => {
          world = await boardWorld(server);
          world.clock.at = at('2024-03-10T10:20');
          const institutions = [await institution('City', null, '2023-01-01')];
          for (const name of ['One', 'Two'])
            institutions.push(await institution(name, institutions[0] ?? null, '2023-01-01'));
          const houses: string[] = [];
          for (const name of ['A', 'B', 'C'])
            houses.push(await building(name, institutions[houses.length] ?? '', '2023-01-01'));
          for (const [index, key] of points.entries()) {
            const house = houses[index] ?? null;
            await world.registry.points.register(
              electricPoint(key, { building: house, validFrom: at('2023-01-01') }),
              by,
            );
            await world.putHours(
              key,
              'electricity',
              hoursOf('2023-11-20', '2024-03-10T10:00', (_, hour) =>
                (hour + index) % 11 ? index + 0.25 : null,
              ),
            );
            await world.putHours(
              key,
              'water',
              hoursOf('2024-01-20', '2024-03-10T10:00', () => 0.5),
            );
          }
          const apply = async ({ what, who, value, date }: (typeof before)[number]) => {
            const { entity, to } = {
              building: { entity: points[who], to: houses[value] ?? null },
              parent: { entity: institutions[who], to: institutions[value] ?? null },
              institution: { entity: houses[who], to: institutions[value] ?? null },
              role: { entity: points[who], to: value % 2 ? 'billing' : 'sub-meter' },
              quantities: { entity: points[who], to: value % 2 ? ['electricity'] : ['water', 'power'] },
            }[what];
            const fact = { entity: entity ?? '', attribute: what, validFrom: at(date), value: to };
            // A circle is refused.
            await world.registry.facts.record([fact], by).catch(() => undefined);
          };
          for (const each of before) await apply(each);
          await all();
          for (const each of after) await apply(each);
          await all();
          for (const carrier of ['electricity', 'water'] as const) {
            for (const of of institutions)
              await expectTheApisFigures(of, 'institution', carrier, at('2023-11-01'));
            for (const of of houses) await expectTheApisFigures(of, 'building', carrier, at('2023-11-01'));
          }
          await world.end();
        },
      ),
      { numRuns: 3, seed: 11 },
    );
    world = await boardWorld(server);
  });
});

/** To nine decimals, as the API rounds. */
function isClose(found: unknown, expected: number): boolean {
  return typeof found === 'number' && Math.abs(found - expected) < 5e-10;
}
