// Writes of several requests on a real server: order within them, and what it refuses.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { InfluxServer, installInfluxDb } from '../../testing/influx-server.ts';
import { influxAt } from '../../testing/open-influx.ts';
import { requireServer } from '../../testing/real-server.ts';
import type { InfluxStore } from './influx-store.ts';

const influxd = requireServer('influxd', installInfluxDb);
const t0 = Date.UTC(2025, 0, 15);
/** In a shard without rows of ours. */
const spoilt = Date.UTC(2020, 5, 15);

describe.skipIf(influxd === undefined)('a large write', () => {
  const server = new InfluxServer(influxd ?? '');
  let store: InfluxStore;

  beforeAll(async () => {
    await server.start();
    store = influxAt('large', (database) => server.options(database));
    await store.start();
    // Someone begins the field as a whole number: floats are refused in that shard from then on.
    const body = `readings,point=someone/else,quantity=power value=1i ${spoilt}`;
    await fetch(`${server.url}/write?db=large_readings&precision=ms`, { method: 'POST', body });
  });
  afterAll(async () => {
    await store?.stop();
    await server.remove();
  });

  const columnsOf = (rows: readonly (readonly [point: string, ts: number, value: number])[]) => ({
    series: rows.map(([point]) => store.series(`a/${point}`, 'power')),
    ts: rows.map(([, ts]) => ts),
    value: rows.map(([, , value]) => value),
    length: rows.length,
  });

  it('keeps the later of two rows of a key, wherever in it they stand', async () => {
    const rows = Array.from(
      { length: 30_000 },
      (_, n) => [`p${n % 7}`, t0 + (n % 5_000) * 1_000, n] as const,
    );
    const expected = new Map(rows.map(([point, ts, value]) => [`${point} ${ts}`, value]));
    await store.write(columnsOf(rows), [], []);
    for (let point = 0; point < 7; point++) {
      const series = store.series(`a/p${point}`, 'power');
      const { ts, value } = await store.readings(series, 0, t0 + 1e9, 100_000);
      const kept = [...expected].filter(([key]) => key.startsWith(`p${point} `));
      expect(ts).toHaveLength(kept.length);
      expect([...ts].map((at, index) => [`p${point} ${at}`, value[index]])).toEqual(
        kept.sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    }
  });

  it('of many series is found by each: the newest of those that are alive and of the others, and the oldest', async () => {
    const now = systemClock.now();
    const names = Array.from({ length: 300 }, (_, n) => `r${n}`);
    // Two thirds are alive; of the others the newest reading lies years back.
    const rows = names.flatMap((name, n) => [
      [name, t0 + n, n] as const,
      [name, n % 3 === 0 ? t0 + 1_000 + n : now - n, n + 0.5] as const,
    ]);
    await store.write(columnsOf(rows), [], []);
    const some = names.filter((_, n) => n % 7 === 0);
    for (const asked of [names, some, []]) {
      const handles = asked.map((name) => store.series(`a/${name}`, 'power'));
      const numbers = asked.map((name) => Number(name.slice(1)));
      expect(await store.oldestTs(handles)).toEqual(numbers.map((n) => t0 + n));
      expect(await store.latest(handles)).toEqual(
        numbers.map((n) => ({ ts: n % 3 === 0 ? t0 + 1_000 + n : now - n, value: n + 0.5 })),
      );
    }
  });

  it('says how many rows the server refused, while the others are taken', async () => {
    const rows = Array.from(
      { length: 25_000 },
      (_, n) => [`q${n % 5}`, n % 1_000 === 0 ? spoilt + n : t0 + n, n] as const,
    );
    await expect(store.write(columnsOf(rows), [], [])).rejects.toMatchObject({
      code: 'row.refused-by-store',
      message: expect.stringContaining('field type conflict'),
      details: { refused: 25 },
    });
    // The answer comes with the first shard that refuses; the others go on.
    const windows = [0, 1, 2, 3, 4].map((n) => ({
      series: store.series(`a/q${n}`, 'power'),
      from: 0,
      to: t0 + 1e9,
    }));
    const stored = async () =>
      (await store.readingWindows(windows)).reduce((sum, { ts }) => sum + ts.length, 0);
    await expect.poll(stored).toBe(25_000 - 25);
  });
});
