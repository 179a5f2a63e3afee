// What makes a trip, a stop and a gap; each number with its reason.

export interface TripThresholds {
  /** Radius of a parked car's drift, metres. 50: multipath beside high buildings. No trip arises from positions within it. */
  readonly driftM: number;
  /** A stop by place, ms. 5 min: longer than any red light or level crossing, shorter than most errands. */
  readonly stopMs: number;
  /** A stop when the ignition is known to be off, ms. 1 min: drivers do not switch off at a light; a dropped wire is shorter. */
  readonly stopOffMs: number;
  /** A speed up to this is standing, km/h. 5: what receivers report of a parked car. */
  readonly standingKmh: number;
  /** A car that goes no farther from where it stood than this makes no trip, metres. 200: moves within a yard. */
  readonly reachM: number;
  /** The same with ignition known to be off. 1 000: drift in a garage goes far; farther than this it is towed. */
  readonly reachOffM: number;
  /** So many positions in a row outside the drift begin a trip. 3: a reflected signal gives one or two. */
  readonly departFixes: number;
  /** A trip has been as fast as this once, km/h, … 10: no drift reports it for long, every drive does. */
  readonly drivenKmh: number;
  /** … or ends this far from its beginning, metres (terminals that report no speed). */
  readonly movedM: number;
  /** No good position for so long is marked as a gap in a trip, ms. 2 min: four times the usual 30 s. */
  readonly gapMs: number;
  /** A silent terminal for so long splits a trip, ms. 10 min: the car may have stopped and gone on, nobody knows. */
  readonly splitMs: number;
  /** The same while the terminal reports without a fix, ms. 30 min: the longest road tunnels take 20. */
  readonly splitNoFixMs: number;
}

export const tripDefaults: TripThresholds = {
  driftM: 50,
  stopMs: 5 * 60_000,
  stopOffMs: 60_000,
  standingKmh: 5,
  reachM: 200,
  reachOffM: 1_000,
  departFixes: 3,
  drivenKmh: 10,
  movedM: 500,
  gapMs: 2 * 60_000,
  splitMs: 10 * 60_000,
  splitNoFixMs: 30 * 60_000,
};
