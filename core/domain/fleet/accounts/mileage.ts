// How far a car went in a stretch of time: by the terminal's odometer and by geodesic, both shown, and which of them is used, for
// each trip by itself, so that months sum to years.
import type { Calendar } from '../../time.ts';
import type { Leg } from '../trips/model.ts';

/** Why a trip, or a way that nobody saw, is measured as it is: by the odometer, or by geodesic because … */
export const mileageChoices = [
  'odometer', // … it counts the road itself, where positions cut corners
  'not-told', // the terminal tells none
  'broken', // too much of the way lies over resets and leaps
  'disagrees', // it differs from the geodesic by more than roads and rounding do
] as const;
export type MileageChoice = (typeof mileageChoices)[number];

export interface MileageRule {
  /** Of an odometer's way, so much may be filled over breaks. 0.05. */
  readonly brokenShare: number;
  /** An odometer may be so much below the geodesic: 0.85; positions waver, never by more. */
  readonly leastShare: number;
  /** … or above: 1.5; positions cut corners, and tunnels. */
  readonly mostShare: number;
  /** … and this beside, km: 2; odometers count whole kilometres. */
  readonly roundingKm: number;
}

export const mileageDefaults: MileageRule = {
  brokenShare: 0.05,
  leastShare: 0.85,
  mostShare: 1.5,
  roundingKm: 2,
};

export interface Mileage {
  /** What accounts use: odometer or geodesic, trip by trip. */
  readonly usedKm: number;
  /** Of it, by odometer; the rest is geodesic. */
  readonly byOdometerKm: number;
  /** Of it, between places where nobody saw the car go. */
  readonly unseenKm: number;
  /** All that odometers tell, used or not; null: none does. */
  readonly odometerKm: number | null;
  /** Of all, straight where nobody saw it. */
  readonly geodesicKm: number;
  /** How many trips and unseen ways by each choice. */
  readonly choices: Readonly<Record<MileageChoice, number>>;
  readonly trips: number;
}

/**
 * Trips and unseen ways that begin in [from, to), epoch ms. Null: no data of that time at all, which is not the same as 0 km.
 * @param segments of one car, in any order
 */
export function mileage(
  segments: readonly Leg[],
  from: number,
  to: number,
  rule: MileageRule = mileageDefaults,
): Mileage | null {
  if (!segments.some(({ start, end }) => start < to && end >= from)) return null;
  const choices: Record<MileageChoice, number> = { odometer: 0, 'not-told': 0, broken: 0, disagrees: 0 };
  let [usedKm, byOdometerKm, unseenKm, geodesicKm, trips] = [0, 0, 0, 0, 0];
  let odometerKm: number | null = null;
  const ways = segments.filter((segment) => segment.kind !== 'stop');
  for (const way of ways.sort((a, b) => a.start - b.start)) {
    if (way.start < from || way.start >= to) continue;
    const { km, choice } = wayKm(way, rule);
    choices[choice]++;
    usedKm += km;
    geodesicKm += way.distanceKm;
    if (choice === 'odometer') byOdometerKm += km;
    if (way.kind === 'gap') unseenKm += km;
    else trips++;
    if (!Number.isNaN(way.odometer.km)) odometerKm = (odometerKm ?? 0) + way.odometer.km;
  }
  return { usedKm, byOdometerKm, unseenKm, odometerKm, geodesicKm, choices, trips };
}

/** Kilometres of one trip, or of one way that nobody saw, and by what. */
export function wayKm(
  way: Exclude<Leg, { kind: 'stop' }>,
  rule: MileageRule = mileageDefaults,
): { km: number; choice: MileageChoice } {
  const { km, filledKm } = way.odometer;
  const straight = way.distanceKm;
  if (Number.isNaN(km)) return { km: straight, choice: 'not-told' };
  if (filledKm > rule.brokenShare * km) return { km: straight, choice: 'broken' };
  // Of a way that nobody saw the straight line is the least; the most is what `odometerSpan` takes as possible.
  const most = way.kind === 'gap' ? Number.POSITIVE_INFINITY : straight * rule.mostShare + rule.roundingKm;
  const fits = km >= straight * rule.leastShare - rule.roundingKm && km <= most;
  return fits ? { km, choice: 'odometer' } : { km: straight, choice: 'disagrees' };
}

/** Kilometres by positions between two times; null: not known. */
export type KmBetween = (from: number, to: number) => number | null;

/**
 * Kilometres between two times, for what has no odometer of its own. Ways that are cut count by their share of time.
 * Null: more than `unseenShare` of it is before the first of the data or after the last. Each question looks at the segments of its
 * own time alone.
 */
export function kmBetween(segments: readonly Leg[], unseenShare = 0.05): KmBetween {
  const ordered = [...segments].sort((a, b) => a.start - b.start);
  const ended = latestEnds(ordered);
  return (from, to) => {
    let [known, km] = [0, 0];
    for (let at = firstNotBefore(ended, from); at < ordered.length; at++) {
      const segment = ordered[at] as Leg;
      if (segment.start > to) break;
      const lasts = Math.min(to, segment.end) - Math.max(from, segment.start);
      if (lasts < 0) continue;
      known += lasts;
      if (segment.kind !== 'stop' && segment.end > segment.start)
        km += (wayKm(segment).km * lasts) / (segment.end - segment.start);
    }
    return known >= (to - from) * (1 - unseenShare) && ordered.length > 0 ? km : null;
  };
}

/** Of each the latest end of all up to it: what comes before one that is below a time has ended before that. */
export function latestEnds(legs: readonly Pick<Leg, 'end'>[]): Float64Array {
  const ends = new Float64Array(legs.length);
  let latest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < ends.length; at++) {
    latest = Math.max(latest, legs[at]?.end ?? latest);
    ends[at] = latest;
  }
  return ends;
}

/** Index of the first value that is not below `least`. @param ascending values */
export function firstNotBefore(ascending: Float64Array, least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Local days in [from, to) on which it drove; null as above. `from` and `to` are midnights. */
export function daysUsed(
  segments: readonly Leg[],
  calendar: Calendar,
  from: number,
  to: number,
): number | null {
  if (!segments.some(({ start, end }) => start < to && end >= from)) return null;
  const days = new Set<number>();
  for (const trip of segments) {
    if (trip.kind !== 'trip' || trip.start >= to || trip.end < from) continue;
    const [first, last] = [Math.max(from, trip.start), Math.min(to - 1, trip.end)];
    for (let day = calendar.floor(first, 'day'); day <= last; day = calendar.next(day, 'day')) days.add(day);
  }
  return days.size;
}
