// Rows of months and years carry the name of their period, by which boards choose them.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../../core/domain/time.ts';
import { type BoardWorld, boardWorld } from '../../core/testing/board-world.ts';
import { InfluxServer, installInfluxDb } from '../../core/testing/influx-server.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { by, electricPoint, midnight } from '../../core/testing/test-registry.ts';

const influxd = requireServer('influxd', installInfluxDb);

describe.skipIf(influxd === undefined)('periods of consumption', () => {
  const server = new InfluxServer(influxd ?? '');
  let world: BoardWorld;
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  afterEach(() => world.end());

  it('are named by their local year and month, and hours and days are not', async () => {
    world = await boardWorld(server);
    world.clock.at = midnight('2024-02-10');
    const validFrom = midnight('2023-01-01');
    const { id } = await world.registry.buildings.create({ name: 'B', institution: null, validFrom }, by);
    await world.registry.points.register(electricPoint('a/p', { building: id, validFrom }), by);
    const from = midnight('2023-11-01');
    const hours = Array.from({ length: 24 * 101 }, (_, index) => ({ ts: from + index * hourMs, value: 1 }));
    await world.putHours('a/p', 'electricity', hours);
    for (const job of ['consumption', 'periods', 'history'])
      expect(await world.jobs.run(job)).toBe('success');
    const named = async (bucket: string) => {
      const rows = await world.rows('consumption', `"bucket" = '${bucket}' AND "known" = 1`);
      return rows.map((row) => [Number(row['time']), row['period']]);
    };
    expect(await named('year')).toEqual([
      [midnight('2023-01-01'), '2023'],
      [midnight('2024-01-01'), '2024'],
    ]);
    expect(await named('month')).toEqual(
      ['2023-11', '2023-12', '2024-01', '2024-02'].map((month) => [midnight(`${month}-01`), month]),
    );
    for (const bucket of ['day', 'hour'])
      expect((await named(bucket)).filter(([, period]) => period !== null && period !== undefined)).toEqual(
        [],
      );
  });
});
