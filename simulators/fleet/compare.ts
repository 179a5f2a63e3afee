// Holds what a system found against the ledger of the truth.
import type { Expected, TrueTrip } from './truth.ts';

export interface FoundTrip {
  readonly car: string;
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  readonly distanceKm: number;
}

export interface FoundEpisode {
  readonly car: string;
  readonly finding: string;
  readonly start: number;
  readonly end: number;
  readonly peak: number;
}

export interface TripsCompared {
  readonly right: readonly { readonly trip: TrueTrip; readonly found: FoundTrip; readonly error: number }[];
  /** Found, with a distance that is off by more than the tolerance. */
  readonly wrongKm: readonly { readonly trip: TrueTrip; readonly found: FoundTrip; readonly error: number }[];
  /** No found trip is this one and no other. */
  readonly missed: readonly TrueTrip[];
  /** Found where nobody drove. */
  readonly invented: readonly FoundTrip[];
}

/** Trips during which the terminal was dark are left out: they can be found in parts at most. @param tolerance share of the distance */
export function compareTrips(
  trips: readonly TrueTrip[],
  found: readonly FoundTrip[],
  tolerance = 0.02,
): TripsCompared {
  const overlap = (a: TrueTrip, b: FoundTrip) => a.car === b.car && a.start < b.end && a.end > b.start;
  const right: TripsCompared['right'][number][] = [];
  const wrongKm: TripsCompared['wrongKm'][number][] = [];
  const missed: TrueTrip[] = [];
  for (const trip of trips) {
    if (trip.dark) continue;
    const [one, ...others] = found.filter((each) => overlap(trip, each));
    const alone = one !== undefined && trips.filter((each) => overlap(each, one)).length === 1;
    if (one === undefined || !alone || others.length > 0) {
      missed.push(trip);
      continue;
    }
    const error = one.distanceKm / trip.km - 1;
    (Math.abs(error) <= tolerance ? right : wrongKm).push({ trip, found: one, error });
  }
  const invented = found.filter((each) => !trips.some((trip) => overlap(trip, each)));
  return { right, wrongKm, missed, invented };
}

export interface EpisodesCompared {
  readonly found: readonly Expected[];
  readonly missed: readonly Expected[];
  readonly invented: readonly FoundEpisode[];
  /** Found with another figure than the truth's. */
  readonly wrongPeak: readonly { readonly expected: Expected; readonly peaks: readonly number[] }[];
}

/**
 * An expected thing is found by an episode of its kind and car that overlaps it; an episode that overlaps none is invented.
 * @param tolerance share by which a peak may be off, or 1 in its unit if that is more
 */
export function compareEpisodes(
  expected: readonly Expected[],
  episodes: readonly FoundEpisode[],
  tolerance = 0.05,
): EpisodesCompared {
  const fits = (a: Expected, b: FoundEpisode) =>
    a.car === b.car && a.finding === b.finding && a.start <= b.end && a.end >= b.start;
  const found = expected.filter((each) => episodes.some((episode) => fits(each, episode)));
  return {
    found,
    missed: expected.filter((each) => !each.may && !found.includes(each)),
    invented: episodes.filter((episode) => !expected.some((each) => fits(each, episode))),
    wrongPeak: found.flatMap((each) => {
      const { peak } = each;
      const peaks = episodes.filter((episode) => fits(each, episode)).map((episode) => episode.peak);
      return peak === null || Math.abs(Math.max(...peaks) - peak) <= Math.max(1, tolerance * peak)
        ? []
        : [{ expected: each, peaks }];
    }),
  };
}
