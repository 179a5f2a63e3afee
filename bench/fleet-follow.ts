// How long it takes to follow a fleet's month anew as ingest does it: positions read from DuckDB, trips, findings by facts and fences,
// all written to the registry; what a fence that is drawn late, or a corrected limit, costs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flag, type Track } from '../core/domain/fleet/track/columns.ts';
import { Calendar, dayMs } from '../core/domain/time.ts';
import type { PointKey } from '../core/domain/topics.ts';
import { createRegistry } from '../core/registry/sql-registry.ts';
import { systemClock } from '../core/runtime/clock.ts';
import { loadConfig } from '../core/runtime/config.ts';
import { silentLogger } from '../core/runtime/logger.ts';
import { Metrics } from '../core/runtime/metrics.ts';
import { openStore } from '../core/store/open-store.ts';
import type { PositionRow } from '../core/store/port.ts';
import { FleetWorker } from '../ingest/fleet/fleet-worker.ts';
import { monthOf } from './fleet-trips.ts';
import { type BenchRow, progress, row } from './report.ts';

const fleet = 200;
const author = { author: 'bench', reason: 'bench' };
const none = { series: [], ts: [], value: [], length: 0 };

export async function run(quick: boolean): Promise<BenchRow[]> {
  const cars = quick ? 4 : 20;
  const home = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  const calendar = new Calendar('Asia/Shanghai');
  const deps = { clock: systemClock, log: silentLogger };
  const config = loadConfig({ environment: { JIEYUE_HOME: home } });
  const registry = createRegistry({ path: join(home, 'registry.sqlite'), calendar, ...deps });
  const store = await openStore(config, deps);
  try {
    await registry.start();
    await store.start();
    const since = calendar.floor(Date.UTC(2026, 0, 1), 'day');
    const unit = (
      await registry.institutions.create({ name: 'unit', parent: null, validFrom: since }, author)
    ).id;
    let positions = 0;
    for (let car = 0; car < cars; car++) {
      const id = registry.facts.newId();
      const facts = { plate: `浙A${10_000 + car}`, institution: unit, terminal: terminal(car) };
      await registry.facts.record(
        Object.entries(facts).map(([attribute, value]) => ({
          entity: id,
          attribute,
          validFrom: since,
          value,
        })),
        author,
        [{ id, kind: 'vehicle' }],
      );
      const rows = rowsOf(terminal(car), monthOf(car + 1).track);
      for (let first = 0; first < rows.length; first += 10_000)
        await store.write(none, rows.slice(first, first + 10_000), []);
      positions += rows.length;
      progress(`${car + 1} cars written`);
    }
    // A yard in which cars drive by a limit of its own, from the first day on: every car is looked at from there.
    const [first] = monthOf(1).track.ts;
    await registry.fleet.fences.record(
      [
        {
          ...{ institution: unit, name: 'yard', kind: 'yard', limitKmh: 20, from: (first ?? since) - dayMs },
          shape: { circle: { lat: 30.5, lon: 114.5, radiusM: 800 } },
        },
      ],
      author,
    );
    const worker = new FleetWorker({
      ...{ store, registry, config: config.fleet, calendar, holder: 'bench', metrics: new Metrics() },
      ...deps,
    });
    const started = performance.now();
    await worker.settle();
    const seconds = (performance.now() - started) / 1_000;
    const terminals = Array.from({ length: cars }, (_, car) => terminal(car));
    const trips = await registry.tracks.segments({ terminals, from: 0, to: Date.now() * 2, kinds: ['trip'] });
    if (trips.length < cars * 10) throw new Error(`${trips.length} trips were found`);
    const size = `${cars} cars, 30 days, ${positions.toLocaleString('en')} positions in DuckDB`;
    return [
      row(
        'fleet.follow',
        (seconds / cars) * fleet,
        's',
        null,
        `${size}; by multiplication for ${fleet} cars: read, trips, findings, registry`,
      ),
      row('fleet.follow.rate', positions / seconds, '1/s'),
      row(
        'fleet.follow.memory',
        process.resourceUsage().maxRSS / 1024,
        'MB',
        null,
        'peak, with the month being synthesised',
      ),
    ];
  } finally {
    await store.stop();
    await registry.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function terminal(car: number): PointKey {
  return `cars/${13_800_000_000 + car}`;
}

function rowsOf(vehicle: PointKey, track: Track): PositionRow[] {
  return Array.from(track.ts, (ts, at) => {
    const flags = track.flags[at] ?? 0;
    return {
      vehicle,
      ts,
      lat: track.lat[at] ?? 0,
      lon: track.lon[at] ?? 0,
      speedKmh: track.speedKmh[at] ?? 0,
      courseDeg: track.courseDeg[at] ?? 0,
      extras: {
        ignition: (flags & flag.ignitionOn) !== 0,
        ...((flags & flag.noFix) === 0 ? {} : { fix: false }),
        odometerKm: track.odometerKm[at] ?? 0,
        satellites: track.satellites[at] ?? 0,
      },
    };
  });
}
