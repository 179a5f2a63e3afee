// More than 10 000 rows of one series in an answer: InfluxDB 1.x sends them in pieces, and marks what goes on as cut off.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../../domain/time.ts';
import { InfluxServer, installInfluxDb } from '../../testing/influx-server.ts';
import { influxAt } from '../../testing/open-influx.ts';
import { requireServer } from '../../testing/real-server.ts';

const influxd = requireServer('influxd', installInfluxDb);
const count = 25_000;
const from = 400_000 * hourMs;
const to = from + count * hourMs;
const nothing = { from: 0, to: 0, rows: [] };

describe.skipIf(influxd === undefined)('long answers, with InfluxDB 1.x', () => {
  const server = new InfluxServer(influxd ?? '');
  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('come whole: readings, rollups and sums of years of hours', async () => {
    const store = influxAt('long', (database) => server.options(database));
    await store.start();
    const series = store.series('a/p', 'electricity');
    const ts = Array.from({ length: count }, (_, index) => from + index * hourMs);
    await store.write({ series: ts.map(() => series), ts, value: ts, length: count }, [], []);
    const rows = ts.map((at) => ({
      ts: at,
      value: 1,
      min: null,
      max: null,
      measuredMs: hourMs,
      estimatedMs: 0,
    }));
    const windows = { hour: { from, to, rows }, day: nothing, month: nothing };
    await store.replaceRollups([{ series, windows, exclusionWindow: nothing }]);

    expect([...(await store.readings(series, from, to, 1e9)).ts]).toEqual(ts);
    expect([...((await store.readingWindows([{ series, from, to }]))[0]?.ts ?? [])]).toEqual(ts);
    expect((await store.rollupWindows('hour', [{ series, from, to }]))[0]).toEqual(rows);
    const sums = await store.sumRollups('hour', [series], from, to);
    expect(sums.map((sum) => [sum.ts, sum.value])).toEqual(ts.map((at) => [at, 1]));
    await store.stop();
  });
});
