// The same over a real InfluxDB: figures, and what comes late.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountingWorld, points } from '../../core/testing/accounting-world.ts';
import { InfluxServer, installInfluxDb } from '../../core/testing/influx-server.ts';
import { influxAt } from '../../core/testing/open-influx.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { by, midnight, testCalendar } from '../../core/testing/test-registry.ts';
import { wholeYear } from './periods.ts';

const influxd = requireServer('influxd', installInfluxDb);

describe.skipIf(influxd === undefined)('accounting over InfluxDB', () => {
  const server = new InfluxServer(influxd ?? '');
  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('answers, and follows what another process stores and edits', async () => {
    const open = () =>
      influxAt('accounts', (database) => server.options(database), { seriesEveryMs: 3_600_000 });
    const world = await accountingWorld({ store: open() });
    const { east, city, westHouse } = world.ids;
    const question = {
      indicators: ['electricity', 'electricityPerArea'],
      period: wholeYear(2024, testCalendar),
      terms: { basis: 'metered' },
      institution: city,
    } as const;
    const days = (value: number, count: number) => Array.from({ length: count }, () => value);
    const value = async (institution = city) =>
      (await world.accounting.figures({ ...question, institution })).figures[0]?.value;
    try {
      await world.putDays(points.east, '2024-01-01', days(10, 366));
      expect(await value()).toBeCloseTo(3_660, 6);
      await world.putDays(points.east, '2024-02-11', days(110, 1));
      // A series that this process had never heard of.
      await world.putDays(points.west, '2024-06-01', [...days(1, 10), ...days(2, 20)]);
      expect(await value()).toBeCloseTo(3_760 + 50, 6);
      const validFrom = midnight('2024-06-11');
      await world.registry.facts.record(
        [{ entity: westHouse, attribute: 'institution', validFrom, value: east }],
        by,
      );
      expect(await value(east)).toBeCloseTo(3_760 + 40, 6);
      expect(await value()).toBeCloseTo(3_760 + 50, 6);
    } finally {
      await world.end();
    }
  });
});
