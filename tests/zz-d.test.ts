import { afterAll, beforeAll, describe, it } from 'vitest';
import { InfluxServer } from '/work/main/core/testing/influx-server.ts';
import { influxAt } from '/work/main/core/testing/open-influx.ts';
import { InfluxConnection } from '/work/main/core/store/influx/connection.ts';
import { RollupWorker } from '/work/main/ingest/rollups/rollup-worker.ts';
import { testRegistry, testCalendar, midnight, by, electricPoint } from '/work/main/core/testing/test-registry.ts';
import { silentLogger } from '/work/main/core/runtime/logger.ts';
import { Metrics } from '/work/main/core/runtime/metrics.ts';

const day = 86_400_000;
describe('d', () => {
  const server = new InfluxServer('/usr/bin/influxd');
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  it('E8 readings expire, a fact is edited: old figures', async () => {
    const world = await testRegistry();
    world.clock.at = Date.now();
    const { registry } = world;
    const store = influxAt('e8', (d) => server.options(d));
    await store.start();
    const worker = new RollupWorker({ store, registry, calendar: testCalendar, holder: 'x', everyMs: 20, busy: () => false, clock: world.clock, log: silentLogger, metrics: new Metrics() } as any);
    await registry.points.register(electricPoint('a/p' as any), by);
    const series = store.series('a/p', 'electricity');
    const t0 = midnight('2024-03-01');
    const n = 24 * 400;
    const ts = Array.from({ length: n }, (_, i) => t0 + i * 3_600_000);
    await store.write({ series: ts.map(() => series), ts, value: ts.map((_, i) => i), length: n }, [], []);
    await registry.marks.add([{ point: 'a/p', quantity: 'electricity', from: t0, to: ts.at(-1)! }] as any);
    await worker.settle();
    const months = async () => ((await store.rollupWindows('month', [{ series, from: 0, to: 4e12 }]))[0] ?? []).map((r) => `${testCalendar.format(r.ts).slice(0, 7)}=${r.value}`).join(' ');
    console.log('E8 before ', await months());
    // what a retention of the readings does: shards of old readings go
    const c = new InfluxConnection(server.options('e8_readings'));
    await c.query([`DELETE FROM "readings" WHERE time < ${midnight('2025-01-01')}ms`]);
    c.close();
    await registry.facts.record([{ entity: 'a/p', attribute: 'installation', validFrom: midnight('2025-03-01'), value: { multiplier: 2 } }] as any, by);
    await worker.settle();
    console.log('E8 fact from 2025-03-01 on:', await months());
    await registry.facts.record([{ entity: 'a/p', attribute: 'contact', validFrom: midnight('2024-01-01'), value: { name: 'x' } }] as any, by).catch((e) => console.log(String(e).slice(0, 200)));
    await registry.facts.record([{ entity: 'a/p', attribute: 'installation', validFrom: midnight('2024-01-01'), value: { multiplier: 1 } }] as any, by);
    await worker.settle();
    console.log('E8 fact from 2024-01-01 on:', await months());
    await worker.stop(); await store.stop(); await world.end();
  });
});
