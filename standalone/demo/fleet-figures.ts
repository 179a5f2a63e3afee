// The line of the screen about the demo's cars: how many trips and findings their two weeks held, once these are followed.
import { countsOf } from '../../api/fleet/finding-counts.ts';
import type { FleetIndex } from '../../api/fleet/visibility.ts';
import { pointKey } from '../../core/domain/topics.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { sleep } from '../../core/runtime/clock.ts';
import type { Fleet } from '../../simulators/fleet/city.ts';
import { fleetAgent, pastDays } from './fleet.ts';

export interface FleetFigures {
  readonly cars: number;
  readonly days: number;
  readonly trips: number;
  readonly findings: number;
}

/** Resolves when no position waits to be followed that came before `since`, or at the stop. */
export async function followed(
  registry: Pick<Registry, 'positionMarks'>,
  since: number,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const { oldestAt } = await registry.positionMarks.backlog();
    if (oldestAt === null || oldestAt > since) return;
    await sleep(200, stop);
  }
}

/** Of the cars' past, up to `now`; findings as `/vehicle-findings/counts` counts them. */
export async function fleetFigures(
  registry: Pick<Registry, 'tracks'>,
  index: FleetIndex,
  fleet: Fleet,
  now: number,
): Promise<FleetFigures> {
  const terminals = new Set(fleet.cars.map(({ point }) => pointKey(fleetAgent, point)));
  const span = { terminals, from: fleet.from, to: now };
  const trips = await registry.tracks.segments({ ...span, kinds: ['trip'] });
  const counted = await countsOf(registry, index, fleet.from, now, terminals);
  return {
    cars: fleet.cars.length,
    days: pastDays,
    trips: trips.length,
    findings: [...counted.values()].flatMap(({ kinds }) => [...kinds.values()]).reduce((a, b) => a + b, 0),
  };
}
