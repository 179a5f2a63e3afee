// Everything about the fleet: frames decoded, positions end to end, trips recomputed, a day of track, accounts of cars.
import { run as accounts } from './fleet-accounts.ts';
import { run as decode } from './fleet-decode.ts';
import { run as pipeline } from './fleet-pipeline.ts';
import { run as track } from './fleet-track.ts';
import { run as trips } from './fleet-trips.ts';
import type { BenchRow } from './report.ts';

export async function run(quick: boolean): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const each of [decode, trips, accounts, track, pipeline]) rows.push(...(await each(quick)));
  return rows;
}
