// What stories of misconduct are made of: outings, fills, silences, and what is noted and expected of them.
import type { Stretch } from '../driving/motion.ts';
import type { Misconduct, MisconductKind, TrueTrip } from '../truth.ts';
import type { Errands } from './errands.ts';
import { placeOf } from './life.ts';

const minute = 60_000;

/** There and back without an order. */
export function outing(
  errands: Errands,
  minutes: number,
  kind: Parameters<Errands['site']>[0],
  dwell: number,
): TrueTrip[] {
  const { life } = errands;
  const out = life.go(errands.site(kind), errands.at(minutes)).trip;
  life.stay(life.now + dwell * minute);
  return [out, life.go(life.car.yard, life.now).trip];
}

export function record(
  errands: Errands,
  kind: MisconductKind,
  trips: readonly TrueTrip[],
  story: string,
): void {
  note(errands, kind, trips[0]?.start ?? 0, trips.at(-1)?.end ?? 0, story);
}

/** To the pump in working hours, by order; what is paid for is not what fits. */
export function paid(errands: Errands, kind: MisconductKind, litres: number, story: string): { ts: number } {
  const { life } = errands;
  const number = errands.number();
  const station = errands.nearest('petrol');
  const { trip } = life.go(station, errands.at(600), { order: number });
  life.stay(life.now + 7 * minute);
  life.level = life.capacity;
  const ts = life.now - 2 * minute;
  const card = errands.pay(station, ts, Math.round(litres * 100) / 100, true);
  life.go(life.car.yard, life.now, { order: number });
  errands.write({
    number,
    from: trip.start - 10 * minute,
    to: life.now + 30 * minute,
    destination: placeOf(station),
    purpose: '加油',
  });
  note(errands, kind, ts, ts, story, { card });
  return { ts };
}

export function sped(
  errands: Errands,
  kind: MisconductKind,
  trip: TrueTrip,
  finding: string,
  fast: Stretch | undefined,
  limit: string,
): void {
  if (fast === undefined) throw new RangeError(`${trip.car} could not drive fast enough`);
  const story = `drove ${Math.round(fast.peakKmh)} km/h where ${limit} is the limit`;
  note(errands, kind, fast.from, fast.to, story, { order: trip.order });
  // A peak of a few seconds in the yard lies between two positions.
  const long = fast.to - fast.from > 5 * minute;
  expect(errands, finding, fast.from, fast.to, long ? fast.peakKmh : null);
}

export function silence(
  errands: Errands,
  kind: MisconductKind,
  dark: { from: number; to: number },
  story: string,
): void {
  errands.life.dark.push(dark);
  note(errands, kind, dark.from, dark.to, story);
  // It may have been asleep before, so that nobody can say how long it was dark.
  expect(errands, 'silent', dark.from, dark.to);
}

export function note(
  errands: Errands,
  kind: MisconductKind,
  start: number,
  end: number,
  story: string,
  about: Partial<Pick<Misconduct, 'order' | 'card'>> = {},
): void {
  const { life } = errands;
  life.misconduct.push({
    kind,
    car: life.car.id,
    start,
    end,
    story: `${life.car.id} ${story}`,
    order: about.order ?? null,
    card: about.card ?? null,
  });
}

/** @param may it may be found, and need not */
export function expect(
  errands: Errands,
  finding: string,
  start: number,
  end: number,
  peak: number | null = null,
  may = false,
): void {
  errands.life.expected.push({ finding, car: errands.life.car.id, start, end, peak, may });
}
