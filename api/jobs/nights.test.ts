import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Calendar, hourMs } from '../../core/domain/time.ts';
import { type BoardWorld, boardWorld } from '../../core/testing/board-world.ts';
import { InfluxServer, installInfluxDb } from '../../core/testing/influx-server.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { by, electricPoint } from '../../core/testing/test-registry.ts';

const influxd = requireServer('influxd', installInfluxDb);

describe.skipIf(influxd === undefined)('nights as series', () => {
  const server = new InfluxServer(influxd ?? '');
  let world: BoardWorld;
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  afterEach(() => world.end());

  const at = (text: string) => world.calendar.parse(text) ?? Number.NaN;

  /** A school, and one meter of it for electricity: 4 an hour by day, 1 by night, 3 in the night of the 1st of March. */
  async function school(): Promise<string> {
    const validFrom = at('2023-01-01');
    const { id: owner } = await world.registry.institutions.create(
      { name: 'S', parent: null, validFrom },
      by,
    );
    const { id } = await world.registry.buildings.create({ name: 'Main', institution: owner, validFrom }, by);
    await world.registry.points.register(electricPoint('a/p', { building: id, validFrom }), by);
    const [from, to] = [at('2024-01-01'), at('2024-03-03T10:00')];
    const hours = Array.from({ length: (to - from) / hourMs }, (_, index) => {
      const ts = from + index * hourMs;
      const hour = Number(world.calendar.format(ts).slice(11, 13));
      const late = ts >= at('2024-02-29T22:00') && ts < at('2024-03-01T06:00');
      const unknown = ts === at('2024-03-02T02:00');
      return { ts, value: unknown ? null : late ? 3 : hour >= 22 || hour < 6 ? 1 : 4 };
    });
    await world.putHours('a/p', 'electricity', hours);
    return id;
  }

  it('has each morning what was left on, beside what is usual', async () => {
    world = await boardWorld(server);
    const main = await school();
    world.clock.at = at('2024-03-03T07:00');
    expect(await world.jobs.run('nights')).toBe('success');
    const rows = await world.rows('nights', `"building" = '${main}'`);
    const shown = rows.map((row) => [
      world.calendar.format(Number(row['time'])).slice(5, 16),
      ...['known', 'value', 'least_hour', 'ratio', 'usual', 'name'].map((name) => row[name]),
    ]);
    expect(shown.slice(-4)).toEqual(
      [
        ['02-29T00:00', 1, 8, 1, 0.25, 8, 'Main'],
        ['03-01T00:00', 1, 24, 3, 0.75, 8, 'Main'],
        ['03-03T00:00', 1, 8, 1, 0.25, 8, 'Main'],
      ].toSpliced(0, 0, ['02-28T00:00', 1, 8, 1, 0.25, 8, 'Main']),
    );
    expect(new Set(rows.map((row) => row['carrier']))).toEqual(new Set(['electricity']));
    // The next run says of the night with an hour that is not known that it is not known.
    await world.jobs.run('nights');
    const unknown = await world.rows('nights', `"building" = '${main}' AND time = ${at('2024-03-02')}ms`);
    expect(unknown.map((row) => [row['known'], row['value'], row['ratio']])).toEqual([[0, 0, null]]);
  });

  it('writes no night that is not over, and takes back what a fact took away', async () => {
    world = await boardWorld(server);
    const main = await school();
    world.clock.at = at('2024-03-03T05:59');
    await world.jobs.run('night-history');
    const rows = await world.rows('nights', `"building" = '${main}'`);
    expect(Math.max(...rows.map((row) => Number(row['time'])))).toBe(at('2024-03-01'));
    // The first night needs the evening before it.
    expect(Math.min(...rows.map((row) => Number(row['time'])))).toBe(at('2024-01-02'));
    await world.registry.facts.record(
      [{ entity: 'a/p', attribute: 'role', validFrom: at('2023-01-01'), value: 'sub-meter' }],
      by,
    );
    await world.jobs.run('night-history');
    const after = await world.rows('nights', `"building" = '${main}' AND "known" = 1`);
    expect(after).toEqual([]);
  });

  it('is right across a change of clocks', async () => {
    const calendar = new Calendar('Europe/Berlin');
    world = await boardWorld(server, calendar);
    const validFrom = at('2024-01-01');
    const { id } = await world.registry.buildings.create({ name: 'B', institution: null, validFrom }, by);
    await world.registry.points.register(
      electricPoint('a/w', { building: id, validFrom, quantities: ['water'] }),
      by,
    );
    const from = at('2024-03-28');
    await world.putHours(
      'a/w',
      'water',
      Array.from({ length: 24 * 5 }, (_, index) => ({ ts: from + index * hourMs, value: 1 })),
    );
    world.clock.at = at('2024-04-01T07:00');
    await world.jobs.run('nights');
    const rows = await world.rows('nights');
    expect(
      rows.map((row) => [calendar.format(Number(row['time'])).slice(5, 10), row['value'], row['ratio']]),
    ).toEqual([
      ['03-29', 8, 1],
      ['03-30', 8, 1],
      ['03-31', 7, 1],
      ['04-01', 8, 1],
    ]);
  });
});
