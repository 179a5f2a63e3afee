// How fast trips are recomputed from a fleet's month of positions; and how long ingest takes to follow that month anew, after a fence was
// drawn late or a limit corrected: positions read from the store, trips, findings by facts and fences, all of it written.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filterDefaults } from '../core/domain/fleet/track/filter.ts';
import { scan } from '../core/domain/fleet/trips/scan.ts';
import { tripDefaults } from '../core/domain/fleet/trips/thresholds.ts';
import { begin, cars, days, monthOf } from './fleet-months.ts';
import { fill } from './fleet-trips-fill.ts';
import type { TripsOutcome } from './fleet-trips-main.ts';
import { BenchProcess } from './processes.ts';
import { type BenchRow, progress, row } from './report.ts';

export async function run(quick: boolean): Promise<BenchRow[]> {
  const count = quick ? cars / 10 : cars;
  return [...scanned(count), ...(await followed(count))];
}

async function followed(count: number): Promise<BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'jieyue-bench-'));
  try {
    const { positions, trips: planted } = await fill(home, count);
    progress('following them anew');
    const worker = new BenchProcess('bench/fleet-trips-main.js', [JSON.stringify({ home, cars: count })]);
    const { seconds, trips, peakMb } = JSON.parse(await worker.line(/^\{/)) as TripsOutcome;
    await worker.end();
    if (Math.abs(trips / planted - 1) > 0.02) throw new Error(`${trips} trips were found of ${planted}`);
    const size = `${count} cars, ${days} days, ${positions.toLocaleString('en')} positions in DuckDB, those of all cars among each other`;
    return [
      row(
        'fleet.follow',
        seconds,
        's',
        null,
        `${size}; read, filter, trips, stops, gaps, findings, registry`,
      ),
      row('fleet.follow.rate', positions / seconds, '1/s'),
      row(
        'fleet.follow.memory',
        peakMb,
        'MB',
        null,
        'peak of a process with registry and store that does it',
      ),
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function scanned(count: number): BenchRow[] {
  let [ms, positions, planted, found, plantedKm, foundKm] = [0, 0, 0, 0, 0, 0];
  for (let car = 0; car < count; car++) {
    const { track, trips, km } = monthOf(car + 1);
    const started = performance.now();
    const { segments } = scan(track, { ...filterDefaults, latest: begin + 400 * 86_400_000 }, tripDefaults);
    ms += performance.now() - started;
    positions += track.length;
    planted += trips;
    plantedKm += km;
    for (const segment of segments)
      if (segment.kind === 'trip') [found, foundKm] = [found + 1, foundKm + segment.distanceKm];
    if (car % 50 === 49) progress(`${car + 1} cars scanned`);
  }
  const size = `${count} cars, ${days} days, ${positions.toLocaleString('en')} positions, 5 s driving, 60 s parked`;
  const limit = 15 * (count / cars);
  return [
    row(
      'fleet.trips',
      ms / 1_000,
      's',
      limit,
      `${size}; filter, trips, stops, both distances; limit for so many`,
    ),
    row('fleet.trips.rate', positions / (ms / 1_000), '1/s'),
    row('fleet.trips.found', found / planted, '', null, `${found} found of ${planted} driven`),
    row(
      'fleet.trips.km',
      foundKm / plantedKm,
      '',
      null,
      `${Math.round(foundKm)} km found of ${Math.round(plantedKm)}`,
    ),
  ];
}
