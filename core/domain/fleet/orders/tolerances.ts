// How exact a trip has to follow its order; each number with its reason.

export interface OrderTolerances {
  /** A trip may begin so much before its order, ms. 30 min: the car is fetched and warmed up, passengers are picked up. */
  readonly earlyMs: number;
  /** It may end so much after, ms. 60 min: meetings last, roads are jammed. */
  readonly lateMs: number;
  /** A trip is an order's without doubt if so much of it lies within, ms; or half of the shorter one. 10 min. */
  readonly overlapMs: number;
  /** A shorter trip needs no order, km. 1: moved to another gate, washed next door. */
  readonly shortKm: number;
  /** A place was reached if the car came so near, metres. 1 000: names stand for compounds, and cars park around the corner. */
  readonly nearM: number;
  /** Ways may be so much longer than straight lines. 1.5: roads in hills; most are under 1.4. */
  readonly detour: number;
  /** … or so far from the straight line, metres, if that is more. 5 000: short ways bend most, and a car may be refuelled. */
  readonly strayM: number;
  /** Off the way for so long is a finding, ms. 3 min, and two positions at least: one wrong turning is none. */
  readonly strayMs: number;
  /** What a car may have driven while nobody saw it, km/h. 120: the limit of motorways, as the crow flies. */
  readonly unseenKmh: number;
  /** A step longer than this between positions was not seen, ms. 2 min: as in trips. */
  readonly stepMs: number;
  /** An order with this much of its time unseen may have been driven, ms. 10 min: what splits a trip. */
  readonly unseenMs: number;
  /** Found so far from where it fell silent, a car has moved, metres. 1 000: as a towed car is told from drift. */
  readonly movedM: number;
}

export const orderDefaults: OrderTolerances = {
  earlyMs: 30 * 60_000,
  lateMs: 60 * 60_000,
  overlapMs: 10 * 60_000,
  shortKm: 1,
  nearM: 1_000,
  detour: 1.5,
  strayM: 5_000,
  strayMs: 3 * 60_000,
  unseenKmh: 120,
  stepMs: 2 * 60_000,
  unseenMs: 10 * 60_000,
  movedM: 1_000,
};
