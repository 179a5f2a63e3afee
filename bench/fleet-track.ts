// How fast one car's day of track is read, filtered and made ready, from a store with a month of a fleet's positions.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { picked, trackOf } from '../core/domain/fleet/track/columns.ts';
import { filterDefaults, marksOf } from '../core/domain/fleet/track/filter.ts';
import { dayMs } from '../core/domain/time.ts';
import type { PointKey } from '../core/domain/topics.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { openStore } from '../core/store/open-store.ts';
import type { PositionRow, TelemetryStore } from '../core/store/port.ts';
import { type BenchRow, percentile, progress, row } from './report.ts';

const [cars, perDay, begin] = [200, 3_000, Date.UTC(2026, 9, 1) - 8 * 3_600_000];
const none = { series: [], ts: [], value: [], length: 0 };

export async function run(quick: boolean): Promise<BenchRow[]> {
  const days = quick ? 5 : 30;
  const home = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  const store = await openStore(loadConfig({ environment: { JIEYUE_HOME: home } }), {
    clock: systemClock,
    log: silentLogger,
  });
  try {
    await store.start();
    progress(`writing ${cars * days * perDay} positions`);
    const started = performance.now();
    for (let day = 0; day < days; day++) await writeDay(store, day);
    const written = (cars * days * perDay) / ((performance.now() - started) / 1_000);
    const times: number[] = [];
    for (let turn = 0; turn < 200; turn++) {
      const from = begin + ((turn * 7) % days) * dayMs;
      const asked = performance.now();
      const rows = await store.positions(vehicle((turn * 37) % cars), from, from + dayMs, perDay + 1);
      const track = trackOf(rows);
      const marks = marksOf(track, { ...filterDefaults, latest: from + 2 * dayMs });
      const text = JSON.stringify(picked(track, marks.good).lat.length);
      times.push(performance.now() - asked);
      if (rows.length !== perDay || text.length === 0) throw new Error(`${rows.length} positions came back`);
    }
    const size = `${(cars * days * perDay).toLocaleString('en')} positions of ${cars} cars in ${days} days in DuckDB; one car’s day of ${perDay}`;
    return [
      row('fleet.track.p95', percentile(times, 0.95), 'ms', 50, `${size}: read, ordered, filtered`),
      row('fleet.track.p50', percentile(times, 0.5), 'ms'),
      row(
        'fleet.track.write',
        written,
        '1/s',
        null,
        'positions written into the store, one day of all cars after another',
      ),
    ];
  } finally {
    await store.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function vehicle(car: number): PointKey {
  return `cars/${13_800_000_000 + car}`;
}

/** All cars side by side, as they come in. */
async function writeDay(store: TelemetryStore, day: number): Promise<void> {
  const stepMs = dayMs / perDay;
  const fixes = 100;
  for (let first = 0; first < perDay; first += fixes) {
    const rows: PositionRow[] = [];
    for (let fix = first; fix < first + fixes; fix++)
      for (let car = 0; car < cars; car++)
        rows.push({
          vehicle: vehicle(car),
          ts: begin + day * dayMs + Math.round(fix * stepMs),
          lat: 28 + car / 1_000 + fix / 100_000,
          lon: 120.7 + car / 1_000,
          speedKmh: 40 + (fix % 30),
          courseDeg: fix % 360,
          extras: { ignition: true, odometerKm: 1_000 + fix / 5, satellites: 9 },
        });
    await store.write(none, rows, []);
  }
}
