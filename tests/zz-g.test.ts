import { afterAll, beforeAll, describe, it } from 'vitest';
import { InfluxServer } from '/work/main/core/testing/influx-server.ts';
import { influxAt } from '/work/main/core/testing/open-influx.ts';
import { RollupWorker } from '/work/main/ingest/rollups/rollup-worker.ts';
import { testRegistry, testCalendar, by, electricPoint } from '/work/main/core/testing/test-registry.ts';
import { silentLogger } from '/work/main/core/runtime/logger.ts';
import { Metrics } from '/work/main/core/runtime/metrics.ts';
describe('g', () => {
  const server = new InfluxServer('/usr/bin/influxd');
  beforeAll(() => server.start());
  afterAll(() => server.remove());
  for (const retentionDays of [0, 20, 365]) it(`figures kept ${retentionDays} days`, async () => {
    const world = await testRegistry();
    world.clock.at = Date.now();
    const { registry } = world;
    const store = influxAt(`g${retentionDays}`, (d) => server.options(d, d.endsWith('figures') ? { retentionDays, shardDays: 14 } : {}));
    await store.start();
    const metrics = new Metrics();
    const worker = new RollupWorker({ store, registry, calendar: testCalendar, holder: 'x', everyMs: 20, busy: () => false, clock: world.clock, log: silentLogger, metrics } as any);
    const points = Array.from({ length: 12 }, (_, i) => `a/p${i}`);
    const now = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const all = (span: number) => Array.from({ length: span }, (_, i) => now - (span - i) * 3_600_000);
    const put = async (p: string, ts: number[]) => { const s = store.series(p as any, 'electricity'); await store.write({ series: ts.map(() => s), ts, value: ts.map((t) => t / 3_600_000 - 480000), length: ts.length }, [], []); await registry.marks.add([{ point: p, quantity: 'electricity', from: ts[0], to: ts.at(-1) }] as any); };
    for (const [i, p] of points.entries()) { await registry.points.register(electricPoint(p as any), by); await put(p, all(i === 0 ? 24 * 400 : 24 * 10)); }
    const settled = await worker.settle().catch((e) => String(e).slice(0, 200));
    const backlog = (await registry.marks.backlog()).series;
    console.log('G', retentionDays, 'settle', settled, 'series still marked', backlog, (await metrics.text()).split('\n').filter((l) => l.startsWith('jieyue_rollup_series_failing')).join());
    await worker.stop(); await store.stop(); await world.end();
  });
});
