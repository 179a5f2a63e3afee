// The cars of the demo city: two weeks of past, two of future, by a seed; founded anew when their days are over.
import { type Calendar, dayMs } from '../../core/domain/time.ts';
import { fleetSchema } from '../../core/runtime/fleet-config.ts';
import { type Fleet, fleetCity } from '../../simulators/fleet/city.ts';

/** The agent that their terminals talk to. */
export const fleetAgent = 'yjcars';
const cars = 12;
export const pastDays = 14;
const aheadDays = 14;
const days = pastDays + aheadDays;
/** Not those of the configuration: the cars must not change their past when it does. */
const maskedByDefault = fleetSchema.parse({}).masked;

export interface FleetState {
  /** Local midnight of its first day, epoch ms. */
  readonly from: number;
  /** What terminals sent before this is stored and acknowledged; `null`: nothing yet. */
  readonly sentTo: number | null;
}

/** The days that hold the present: those that are known, or new ones that begin when those ended, two weeks ago at the soonest. */
export function fleetPeriod(known: FleetState | undefined, now: number, calendar: Calendar): FleetState {
  const ends = known === undefined ? Number.NEGATIVE_INFINITY : known.from + days * dayMs;
  if (known !== undefined && now < ends) return known;
  return { from: Math.max(ends, calendar.floor(now - pastDays * dayMs, 'day')), sentTo: null };
}

/** The same every time. In its two weeks of past every kind of finding that cars can show is there to be seen. */
export function demoFleet(seed: number, { from }: FleetState): Fleet {
  const showcase = { days: pastDays, hidden: maskedByDefault };
  return fleetCity({ seed, cars, days, from, misconduct: 2, showcase });
}
