// What fuel and charging cards must not show, and how exact they are held to it.

export const cardFindingKinds = [
  'fill-over-tank',
  'fill-over-room',
  'card-far-from-car',
  'card-on-several-cars',
  'car-with-several-cards',
  'fuel-for-electric-car',
  'charge-for-car-without-plug',
] as const;
export type CardFindingKind = (typeof cardFindingKinds)[number];

export interface CardFinding {
  readonly kind: CardFindingKind;
  /** Ascending. */
  readonly vehicles: readonly string[];
  readonly cards: readonly string[];
  /** Ids of the entries that prove it, by time. */
  readonly entries: readonly string[];
  /** Of the first and the last of them, epoch ms. */
  readonly start: number;
  readonly end: number;
  /** Litres or kWh of a fill, metres of distance, number of cars or cards. */
  readonly peak: number;
  /** What it is held against, in the same unit; tolerance included. */
  readonly limit: number;
}

/** What cannot be said of an entry, and why. */
export interface CardUnknown {
  readonly about: 'fill-over-tank' | 'fill-over-room' | 'card-far-from-car';
  readonly entry: string;
  readonly reason: 'no-tank' | 'no-rate' | 'no-distance' | 'no-coordinates' | 'no-positions';
}

export interface CardRule {
  /** A fill may be larger than the tank by this share. 0.1: tanks hold more than they are rated for. Charging: what is lost on the way into the battery. */
  readonly tankShare: number;
  /** A fill may be larger than what consumption has made room for by this factor, 1.5: jams, cold, load; … */
  readonly roomFactor: number;
  /** … and by this, litres or kWh. 5: no brim is like the other. */
  readonly roomSlack: number;
  /** A car's own rate is the middle of so many other spans at least. 3. */
  readonly rateSpans: number;
  /** A card was used where the car was if that is so near, metres. 2 000: stations are known by their address. */
  readonly farM: number;
  /** Clocks of tills and of terminals may differ by this, ms. 15 min: also time to queue and to pay. */
  readonly clockMs: number;
}

export const cardDefaults: CardRule = {
  tankShare: 0.1,
  roomFactor: 1.5,
  roomSlack: 5,
  rateSpans: 3,
  farM: 2_000,
  clockMs: 15 * 60_000,
};
