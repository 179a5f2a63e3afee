// A real InfluxDB 1.x whose administrator has given readings a retention: it drops them by shards, and what was made of
// them stays.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOfTime } from '../../core/domain/energy/recompute.ts';
import { dayMs, hourMs } from '../../core/domain/time.ts';
import { systemClock } from '../../core/runtime/clock.ts';
import { silentLogger } from '../../core/runtime/logger.ts';
import { Metrics } from '../../core/runtime/metrics.ts';
import { InfluxConnection } from '../../core/store/influx/connection.ts';
import { InfluxServer, installInfluxDb } from '../../core/testing/influx-server.ts';
import { influxAt } from '../../core/testing/open-influx.ts';
import { requireServer } from '../../core/testing/real-server.ts';
import { by, electricPoint, testCalendar, testRegistry } from '../../core/testing/test-registry.ts';
import { RollupWorker } from './rollup-worker.ts';

const influxd = requireServer('influxd', installInfluxDb);

describe.skipIf(influxd === undefined)('with InfluxDB 1.x that drops old readings', () => {
  const server = new InfluxServer(influxd ?? '', '[retention]\ncheck-interval = "200ms"');
  beforeAll(() => server.start());
  afterAll(() => server.remove());

  it('an edited fact changes the figures whose readings are left, and no other', async (context) => {
    const now = systemClock.now();
    const world = await testRegistry();
    world.clock.at = now;
    const { registry } = world;
    const store = influxAt('kept', (database) => server.options(database));
    const worker = new RollupWorker({
      ...{ store, registry, calendar: testCalendar, holder: 'test', everyMs: 20, busy: () => false },
      ...{ clock: world.clock, log: silentLogger, metrics: new Metrics() },
    });
    context.onTestFinished(async () => {
      await worker.stop();
      await store.stop();
      await world.end();
    });
    await store.start();
    const point = 'a/p';
    const first = testCalendar.floor(now - 500 * dayMs, 'day');
    await registry.points.register(electricPoint(point, { validFrom: first }), by);
    const series = store.series(point, 'electricity');
    const ts = Array.from({ length: 499 * 24 }, (_, hour) => first + hour * hourMs);
    const columns = { series: ts.map(() => series), ts, value: ts.map((_, hour) => hour), length: ts.length };
    await store.write(columns, [], []);
    await registry.marks.add([{ point, quantity: 'electricity', from: first, to: ts.at(-1) ?? 0 }]);
    await worker.settle();
    const hours = async () =>
      (await store.rollupWindows('hour', [{ series, from: 0, to: endOfTime }]))[0] ?? [];
    const months = async () =>
      (await store.rollupWindows('month', [{ series, from: 0, to: endOfTime }]))[0] ?? [];
    const [hoursBefore, monthsBefore] = [await hours(), await months()];
    expect(hoursBefore).toHaveLength(ts.length - 1);

    const administrator = new InfluxConnection(server.options('kept_readings'));
    await administrator.query(['ALTER RETENTION POLICY "autogen" ON "kept_readings" DURATION 300d']);
    administrator.close();
    expect(await store.readingsKeptMs()).toBe(300 * dayMs);
    let oldest = first;
    while (oldest < now - 330 * dayMs) {
      await sleep(100);
      oldest = (await store.oldestTs([series]))[0] ?? 0;
    }

    const edited = { entity: point, attribute: 'installation', value: { multiplier: 2 } } as const;
    await registry.facts.record([{ ...edited, validFrom: first }], by);
    await worker.settle();
    expect((await registry.marks.backlog()).series).toBe(0);
    const after = await hours();
    expect(after.map((row) => row.ts)).toEqual(hoursBefore.map((row) => row.ts));
    expect(new Set(after.filter((row) => row.ts < oldest).map((row) => row.value))).toEqual(new Set([1]));
    const anew = after.filter((row) => row.ts >= oldest + dayMs).map((row) => row.value);
    expect(new Set(anew)).toEqual(new Set([2]));
    const month = testCalendar.floor(oldest, 'month');
    const untouched = (rows: typeof monthsBefore) => rows.filter((row) => row.ts < month);
    expect(untouched(await months())).toEqual(untouched(monthsBefore));
  });
});
