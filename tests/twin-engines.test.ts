// The demo city on both engines: half a year of hours of every point through broker, ingest and rollups into DuckDB and into
// InfluxDB, late rows, repetitions and corrected facts included. Then every figure is asked of both.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RollupRow } from '../core/domain/energy/rollup.ts';
import { dayMs, hourMs } from '../core/domain/time.ts';
import { pointKey } from '../core/domain/topics.ts';
import type { Registry } from '../core/registry/registry.ts';
import { InfluxServer, installInfluxDb } from '../core/testing/influx-server.ts';
import { requireServer } from '../core/testing/real-server.ts';
import { sendPast, type Twin, type Twins, twinsOf } from '../core/testing/twin-city.ts';
import { createDemo } from '../simulators/demo-faults.ts';
import { compare } from './same-figures.ts';
import { figures } from './twin-figures.ts';

const influxd = requireServer('influxd', installInfluxDb);
const to = Date.UTC(2025, 5, 30, 16);
const from = to - 181 * dayMs;
const meters = createDemo({
  seed: 20_260_101,
  tz: 'Asia/Shanghai',
  from,
  hourlyFrom: from,
  to,
  agents: 'per-building',
});
const { city } = meters;
const { calendar } = city.days;
const by = { author: 'li', reason: 'test' };

describe.skipIf(influxd === undefined)('DuckDB and InfluxDB with the same city', () => {
  const server = new InfluxServer(influxd ?? '');
  let twins: Twins;

  beforeAll(async () => {
    await server.start();
    twins = await twinsOf(meters, [
      { JIEYUE_STORE_ENGINE: 'duckdb' },
      { JIEYUE_STORE_ENGINE: 'influx', JIEYUE_STORE_INFLUX_URL: server.url },
    ]);
    const late = await sendPast(twins, meters, (chunk) => chunk % 7 === 3);
    await onBoth((twin) => twin.settled());
    await onBoth(async (twin) => {
      for (const { agent, readings } of late) await twin.send(agent, readings);
      await sendAgain(twin);
      await correctFacts(twin.registry);
      await twin.settled();
    });
  }, 120_000);
  afterAll(async () => {
    await twins?.end();
    await server.remove();
  });

  const onBoth = (work: (twin: Twin) => Promise<void>) => Promise.all(twins.all.map(work));

  it('runs on two engines', () => {
    expect(twins.all.map(({ engine }) => engine)).toEqual(['duckdb', 'influx']);
  });

  it('hold what engines could see differently: gaps, gauges, exclusions of many kinds', async () => {
    const [twin] = twins.all;
    const windows = city.points.flatMap(({ agent, point, quantities }) =>
      quantities.flatMap((quantity) => {
        const series = twin.store.findSeries(pointKey(agent, point), quantity);
        return series === undefined ? [] : [{ series, from: 0, to: 2 * to }];
      }),
    );
    const hours = (await twin.store.rollupWindows('hour', windows)).flat();
    expect(hours.length).toBeGreaterThan(300_000);
    for (const kind of [
      ({ estimatedMs }: RollupRow) => estimatedMs > 0,
      ({ measuredMs }: RollupRow) => measuredMs < hourMs,
      ({ min }: RollupRow) => min !== null,
    ])
      expect(hours.some(kind), String(kind)).toBe(true);
    const exclusions = (await twin.store.exclusionWindows(windows)).flat();
    expect(new Set(exclusions.map(({ code }) => code)).size).toBeGreaterThanOrEqual(3);
  });

  it.each(figures)('they agree on $name', { timeout: 60_000 }, async ({ ask }) => {
    const [first, second] = await Promise.all(twins.all.map(ask));
    const { found, compared } = compare(first, second);
    expect(found).toEqual([]);
    expect(compared).toBeGreaterThan(50);
  });
});

/** Rows that came before, some of them with another value: the newest arrival counts. */
async function sendAgain(twin: Twin): Promise<void> {
  for (const { agent, point, quantities } of city.points.slice(0, 12)) {
    const [quantity] = quantities;
    if (quantity === undefined) continue;
    const at = calendar.floor(to - 20 * dayMs, 'day');
    const rows = [...meters.readings(point, at, at + 30 * hourMs, hourMs)].filter(
      ([, name]) => name === quantity,
    );
    const changed = rows.map(
      ([name, of, ts, value], index) => [name, of, ts, index % 5 === 0 ? value + 0.5 : value] as const,
    );
    await twin.send(agent, rows);
    await twin.send(
      agent,
      changed.map((row) => [...row]),
    );
  }
}

/** A multiplier that was wrong, a device replaced, a point that serves another building, readings corrected. */
async function correctFacts(registry: Registry): Promise<void> {
  const registers = city.points.filter(({ register, role }) => register !== null && role === 'billing');
  const [first, second, third, fourth] = registers;
  if (
    first === undefined ||
    second === undefined ||
    third === undefined ||
    fourth === undefined ||
    fourth.register === null
  )
    throw new Error('the city has too few meters');
  const keyOf = ({ agent, point }: typeof first) => pointKey(agent, point);
  const day = (daysAgo: number) => calendar.floor(to - daysAgo * dayMs, 'day');

  const [installation] = meters.installations(first.point);
  await registry.facts.record(
    [
      {
        entity: keyOf(first),
        attribute: 'installation',
        validFrom: calendar.floor(installation?.from ?? from, 'day'),
        value: { multiplier: 80, serial: 'corrected' },
      },
      {
        entity: keyOf(second),
        attribute: 'installation',
        validFrom: day(70),
        value: {
          installedAt: day(70) + 10 * hourMs,
          multiplier: 30,
          registers: { [second.register ?? 'electricity']: { previousFinalValue: 123_456, firstValue: 5 } },
        },
      },
    ],
    by,
  );
  const buildings = await registry.buildings.list(to);
  const now = (await registry.points.get(keyOf(third), to))?.building;
  const other = buildings.find(({ id }) => id !== now);
  await registry.facts.record(
    [{ entity: keyOf(third), attribute: 'building', validFrom: day(45), value: other?.id ?? null }],
    by,
  );
  await registry.corrections.record(
    [
      { point: keyOf(fourth), quantity: fourth.register, ts: day(30) + 5 * hourMs, action: 'exclude' },
      {
        point: keyOf(fourth),
        quantity: fourth.register,
        ts: day(31) + 5 * hourMs,
        action: 'replace',
        value: 1,
      },
    ],
    by,
  );
}
