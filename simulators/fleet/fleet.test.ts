import { describe, expect, it } from 'vitest';
import { trackOf } from '../../core/domain/fleet/track/columns.ts';
import { countsOf, filterDefaults, marksOf } from '../../core/domain/fleet/track/filter.ts';
import { positionSchema } from '../../core/domain/telemetry.ts';
import { type Fleet, fleetCity } from './city.ts';
import { compareEpisodes, compareTrips } from './compare.ts';
import { wireOf } from './driving/transport.ts';
import { foundOf } from './found.ts';
import { misconductKinds } from './truth.ts';

/** Two weeks about the National Day holiday of 2026, with a Saturday that is worked. */
const from = Date.parse('2026-09-28T00:00+08:00');
const fleetOf = (seed: number, misconduct: number) =>
  fleetCity({ seed, cars: 30, days: 14, from, misconduct });

describe.each([2, 7])('thirty cars in two weeks, by seed %i', (seed) => {
  const fleet = fleetOf(seed, 2);
  const found = foundOf(fleet);

  it('drive trips of which every one is found, 99 % within 2 % of its distance, and none that was not driven', () => {
    const { right, wrongKm, missed, invented } = compareTrips(fleet.truth.trips, found.trips);
    expect(right.length + wrongKm.length).toBeGreaterThan(500);
    expect(missed).toEqual([]);
    expect(invented).toEqual([]);
    expect(right.length / (right.length + wrongKm.length)).toBeGreaterThanOrEqual(0.99);
  });

  it('do wrong in every way that is planted, each of which is found, and nothing else', () => {
    expect(new Set(fleet.truth.misconduct.map(({ kind }) => kind))).toEqual(new Set(misconductKinds));
    const {
      found: right,
      missed,
      invented,
      wrongPeak,
    } = compareEpisodes(fleet.truth.expected, found.episodes);
    expect(right.length).toBeGreaterThan(70);
    expect(missed).toEqual([]);
    expect(invented).toEqual([]);
    expect(wrongPeak).toEqual([]);
  });

  it('send what real terminals send: no fixes, wrong ones, wrong clocks, repeats, batches from blind zones', () => {
    const counts = new Map<string, number>();
    const count = (what: string, times = 1) => counts.set(what, (counts.get(what) ?? 0) + times);
    for (const { id } of fleet.cars) {
      const all = [...fleet.positionsOf(id)];
      const track = trackOf(all.map(({ fix }) => fix));
      const marks = countsOf(marksOf(track, { ...filterDefaults, latest: fleet.to }));
      for (const [reason, times] of Object.entries(marks)) count(reason, times);
      for (const { fix, sentAt, blind } of all) {
        if (blind) count('blind');
        if (fix.ts > sentAt + 600_000) count('refused');
        if (fix.ts < sentAt - 60_000) count('late');
      }
    }
    const reasons = ['good', 'duplicate', 'zero', 'no-fix', 'stale-clock', 'stale-fix', 'jump'];
    for (const what of ['blind', 'refused', 'late', ...reasons])
      expect(counts.get(what), what).toBeGreaterThan(0);
  });
});

describe('honest cars', () => {
  const fleet = fleetOf(4, 0);
  const found = foundOf(fleet);

  it('have an order for every trip, and nothing is found against them', () => {
    expect(fleet.truth.misconduct).toEqual([]);
    expect(fleet.truth.trips.filter(({ order }) => order === null)).toEqual([]);
    expect(found.episodes).toEqual([]);
  });

  it('cannot be taken for others: the truth of another seed is not found in their positions', () => {
    const other = fleetOf(5, 0);
    const { right } = compareTrips(other.truth.trips, found.trips);
    expect(right.length / other.truth.trips.length).toBeLessThan(0.1);
  });

  it('burn what they drive, and pay for what they burn', () => {
    for (const { car, km, litres, kwh } of fleet.truth.fuel) {
      const { per100Km } = carOf(fleet, car);
      expect(litres + kwh).toBeCloseTo((km / 100) * per100Km, 6);
    }
    const paid = fleet.cards.filter(({ kind }) => kind === 'fuel');
    expect(paid.length).toBeGreaterThan(5);
    for (const { car, quantity } of paid) expect(quantity).toBeLessThanOrEqual(carOf(fleet, car).tankL ?? 0);
  });
});

describe('a fleet', () => {
  it('is the same for the same seed to the last digit, whatever is asked for first', () => {
    const [one, two] = [fleetOf(9, 1), fleetOf(9, 1)];
    expect(one.truth).toEqual(two.truth);
    expect(one.orders).toEqual(two.orders);
    const last = [...two.positionsOf('car-030')];
    expect([...one.positionsOf('car-003')]).toEqual([...two.positionsOf('car-003')]);
    expect([...one.positionsOf('car-030')]).toEqual(last);
  });

  it('sends positions that the wire takes, in order of sending', () => {
    const fleet = fleetOf(9, 0);
    for (const { id, point } of fleet.cars.slice(0, 6)) {
      let sent = 0;
      for (const { sentAt, fix } of fleet.positionsOf(id)) {
        expect(sentAt).toBeGreaterThanOrEqual(sent);
        sent = sentAt;
        const row = wireOf(point, fix);
        const parsed = positionSchema.safeParse(row);
        if (!parsed.success) throw new Error(`${JSON.stringify(row)}: ${parsed.error.message}`);
        if (fix.ts % 1_000 !== 0) throw new Error(`${fix.ts} is no whole second`);
      }
    }
  });

  it('does what is asked of a car on a day, and says so where that cannot be', () => {
    const base = { seed: 3, cars: 4, days: 14, from };
    const request = { kind: 'idling', car: 'car-002', date: '2026-09-29' } as const;
    const fleet = fleetCity({ ...base, misconduct: [request] });
    expect(fleet.truth.misconduct).toMatchObject([{ kind: 'idling', car: 'car-002' }]);
    expect(() => fleetCity({ ...base, misconduct: [{ kind: 'idling', date: '2026-10-02' }] })).toThrow(
      'no car and day suit idling on 2026-10-02',
    );
  });
});

function carOf(fleet: Fleet, id: string): Fleet['cars'][number] {
  const car = fleet.cars.find((each) => each.id === id);
  if (car === undefined) throw new Error(`no car ${id}`);
  return car;
}

it('a card that is lent is used by its own car too, though that car borrows another', () => {
  // By these seeds the car that lends is itself refuelled with a third car's card.
  for (const seed of [10, 24]) {
    const { cars, cards, truth } = fleetOf(seed, 2);
    const expected = truth.expected.filter(({ finding }) => finding === 'card-on-several-cars');
    expect(expected).toHaveLength(4);
    for (const { car } of expected) {
      const used = new Set(cards.filter((entry) => entry.car === car).map(({ card }) => card));
      const others = cards.filter((entry) => entry.car !== car && used.has(entry.card));
      expect(others.length, `${seed} ${car} of ${cars.length}`).toBeGreaterThan(0);
    }
  }
});

it('cars that burn fuel have full tanks before, by which the first one in the fleet’s time has a consumption that is theirs', () => {
  const fleet = fleetCity({ seed: 2, cars: 30, days: 14, from });
  let held = 0;
  for (const car of fleet.cars) {
    const earlier = fleet.earlierCards.filter((entry) => entry.car === car.id);
    expect(earlier.length > 0).toBe(car.tankL !== null);
    const first = fleet.cards.find((entry) => entry.car === car.id);
    const last = earlier.at(-1);
    if (first?.fullTank !== true || last === undefined) continue;
    const km = first.odometerKm - last.odometerKm;
    expect(Math.abs((first.quantity / km) * 100 - car.per100Km)).toBeLessThan(car.per100Km * 0.05);
    held++;
  }
  expect(held).toBeGreaterThan(5);
});
