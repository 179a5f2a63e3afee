// Days on which a car does what it must not; each writes what happened and what a right system shows of it.
import type { Place } from '../../../core/domain/fleet/trips/model.ts';
import { type Drive, stretchOf } from '../driving/motion.ts';
import { lengthM } from '../roads/builder.ts';
import { num } from '../roads/route.ts';
import type { MisconductKind } from '../truth.ts';
import type { Errands } from './errands.ts';
import { placeOf } from './life.ts';
import { expect, note, outing, paid, record, silence, sped } from './stories.ts';

const minute = 60_000;

/** Plays the day out. */
export function plant(kind: MisconductKind, errands: Errands): void {
  stories[kind]({ errands }, kind);
}

type Story = (planting: { readonly errands: Errands }, kind: MisconductKind) => void;

const stories: Readonly<Record<MisconductKind, Story>> = {
  'trip-without-order': ({ errands }, kind) => {
    const trips = outing(errands, 600, 'office', 40);
    record(errands, kind, trips, 'drove within working hours and nobody had ordered it');
  },

  'order-without-trip': ({ errands }, kind) => {
    const { life } = errands;
    const number = errands.number();
    const [from, to] = [errands.at(570), errands.at(690)];
    errands.write({ number, from, to, destination: placeOf(errands.site('office')) });
    life.stay(errands.at(720));
    note(errands, kind, from, to, 'was ordered, and stood in the yard', { order: number });
    expect(errands, 'order-without-trip', from, to);
  },

  'wrong-route': ({ errands }, kind) => {
    const { life } = errands;
    const number = errands.number();
    const start = errands.at(570);
    const home = errands.site('home');
    const out = life.go(home, start, { order: number });
    life.stay(life.now + 50 * minute);
    const back = life.go(life.car.yard, life.now, { order: number });
    // Ordered to where he did not even pass by.
    const offices = errands.network.sites.filter((site) => site.kind === 'office');
    const away = (site: Place) => Math.min(passedM(out.drive, site), passedM(back.drive, site));
    const ordered = offices.reduce((a, b) => (away(a) > away(b) ? a : b));
    errands.write({
      number,
      from: start - 10 * minute,
      to: back.trip.end + 20 * minute,
      destination: placeOf(ordered),
    });
    note(
      errands,
      kind,
      out.trip.start,
      back.trip.end,
      `was ordered to ${ordered.name.en}, went to ${home.name.en}`,
      {
        order: number,
      },
    );
    expect(errands, 'order-place-missed', out.trip.start, back.trip.end);
    expect(errands, 'order-route-left', out.trip.start, back.trip.end, null, true);
  },

  'wrong-time': ({ errands }, kind) => {
    const { life } = errands;
    const number = errands.number();
    const to = errands.site('office');
    const [from, until] = [errands.at(510), errands.at(600)];
    errands.write({ number, from, to: until, destination: placeOf(to) });
    const out = life.go(to, errands.at(540), { order: number }).trip;
    life.stay(errands.at(840));
    const back = life.go(life.car.yard, errands.at(840), { order: number }).trip;
    note(errands, kind, out.start, back.end, 'came back four hours after the end of its order', {
      order: number,
    });
    expect(errands, 'trip-without-order', back.start, back.end);
  },

  speeding: ({ errands }, kind) => {
    const { life } = errands;
    const { limitKmh } = life.car;
    const number = errands.number();
    const to = errands.site('neighbour');
    const start = errands.at(520);
    const manner = { recklessKmh: limitKmh * 1.1 + 16 };
    const { trip, drive } = life.go(to, start, { order: number, manner });
    const fast = stretchOf(drive, (motion) => motion.speedKmh > limitKmh * 1.1);
    life.stay(life.now + 60 * minute);
    life.go(life.car.yard, life.now, { order: number });
    const destination = placeOf(to);
    errands.write({ number, from: start - 10 * minute, to: life.now + 30 * minute, destination, long: true });
    sped(errands, kind, trip, 'speeding', fast, `${limitKmh} km/h`);
  },

  'speeding-in-yard': ({ errands }, kind) => {
    const { life } = errands;
    const number = errands.number();
    const to = errands.site('office');
    const start = errands.at(560);
    const { trip, drive } = life.go(to, start, { order: number, manner: { yardKmh: 34 } });
    const inYard = (segment: number) => drive.route.kinds[segment] === 'yard';
    const fast = stretchOf(drive, (motion) => motion.speedKmh > 18 && inYard(motion.segment));
    life.stay(life.now + 30 * minute);
    life.go(life.car.yard, life.now, { order: number });
    const destination = placeOf(to);
    errands.write({ number, from: start - 10 * minute, to: life.now + 30 * minute, destination });
    sped(errands, kind, trip, 'speeding-in-area', fast, '15 km/h in the yard');
  },

  seaside: ({ errands }, kind) => {
    const trips = outing(errands, 555, 'seaside', 150);
    const [out, back] = trips;
    record(errands, kind, trips, 'went to the seaside on a Sunday');
    if (out && back) expect(errands, 'fence-entered', out.end, back.start);
  },

  'out-of-hours': ({ errands }, kind) => {
    errands.honest(1_080);
    record(
      errands,
      kind,
      outing(errands, 1_215, 'restaurant', 90),
      'went to a restaurant late in the evening',
    );
  },
  weekend: ({ errands }, kind) => {
    record(errands, kind, outing(errands, 620, 'home', 120), 'drove on a weekend');
  },
  holiday: ({ errands }, kind) => {
    record(errands, kind, outing(errands, 640, 'home', 120), 'drove on a public holiday');
  },
  'sealed-moved': ({ errands }, kind) => {
    const trips = outing(errands, 600, 'restaurant', 100);
    record(errands, kind, trips, 'was sealed for the holiday, and moved');
    for (const { start, end } of trips) expect(errands, 'sealed', start, end);
  },

  'cross-region': ({ errands }, kind) => {
    const trips = outing(errands, 530, 'neighbour', 60);
    record(errands, kind, trips, 'drove to the neighbouring region without an order');
    const [out, back] = trips;
    if (out && back) expect(errands, 'cross-region', out.start, back.end);
  },

  idling: ({ errands }, kind) => {
    const { life } = errands;
    const number = errands.number();
    const to = errands.network.sites.find((site) => site.kind === 'office' && !site.underground);
    if (to === undefined) throw new RangeError('no office above ground');
    const start = errands.at(580);
    const { trip } = life.go(to, start, { order: number });
    const from = trip.end;
    life.stay(from + 38 * minute, true);
    const until = life.now;
    life.go(life.car.yard, life.now, { order: number });
    const destination = placeOf(to);
    errands.write({ number, from: start - 10 * minute, to: life.now + 30 * minute, destination });
    note(errands, kind, from, until, 'stood with the engine running for 38 minutes', { order: number });
    expect(errands, 'idling', from, until, 38);
  },

  'silent-driving': ({ errands }, kind) => {
    const { life } = errands;
    const number = errands.number();
    const start = errands.at(555);
    const to = errands.site('home');
    life.go(to, start, { order: number });
    life.stay(life.now + 60 * minute);
    const back = life.go(life.car.yard, life.now, { order: number }).trip;
    const destination = placeOf(to);
    errands.write({ number, from: start - 10 * minute, to: back.end + 30 * minute, destination });
    const dark = { from: start + 3 * minute, to: back.end + 20 * minute };
    silence(errands, kind, dark, 'its terminal was unplugged three minutes after it drove off');
  },
  'silent-parked': ({ errands }, kind) => {
    errands.honest(1_080);
    const dark = {
      from: Math.max(errands.at(1_150), errands.life.now + 15 * minute),
      to: errands.at(1_150 + 2_100),
    };
    silence(errands, kind, dark, 'its terminal was unplugged for 35 hours while it was parked');
    // Its day after is spent in the yard.
    errands.life.stay(dark.to + 20 * minute);
  },

  unplugged: ({ errands }, kind) => {
    errands.honest(1_080);
    const { life } = errands;
    // When its last order, tolerance included, is long over.
    const ordered = Math.max(0, ...life.orders.map(({ to }) => to)) + 65 * minute;
    const from = Math.max(errands.at(1_150), life.now + 15 * minute, ordered);
    const site = errands.site('neighbour');
    const out = life.go(site, Math.max(errands.at(1_230), from + 20 * minute)).trip;
    // It is plugged in again where it stayed overnight, and is seen there; then it comes back.
    const seen = out.end + 8 * 60 * minute;
    errands.life.dark.push({ from, to: seen });
    life.stay(seen + 40 * minute);
    const back = life.go(life.car.yard, life.now).trip;
    note(
      errands,
      kind,
      from,
      back.end,
      'was unplugged after work, driven to the neighbouring region and came back in the morning',
    );
    expect(errands, 'moved-unseen', out.start, out.end);
    expect(errands, 'cross-region', seen, back.end);
  },

  'card-far': ({ errands }, kind) => {
    const { life } = errands;
    life.stay(errands.at(660));
    const farthest = errands.network.sites
      .filter((site) => site.kind === 'petrol')
      .reduce((a, b) => (life.farM(a) > life.farM(b) ? a : b));
    const ts = life.now - 40 * minute;
    const card = errands.pay(farthest, ts, Math.round((life.car.tankL ?? 50) * 60) / 100, false);
    note(errands, kind, ts, ts, `its card paid at ${farthest.name.en} while it stood in the yard`, { card });
    expect(errands, 'card-far-from-car', ts, ts);
  },
  'over-tank': ({ errands }, kind) => {
    const tankL = errands.life.car.tankL ?? 50;
    const { ts } = paid(errands, kind, tankL * 1.22, 'paid for more than its tank holds');
    expect(errands, 'fill-over-tank', ts, ts);
  },
  // Whose card it is will be known when all cars have lived: see `lendCards`.
  'card-two-cars': ({ errands }, kind) => {
    const { life } = errands;
    paid(errands, kind, life.capacity - life.level, 'was refuelled with the card of another car');
  },
};

/** How near a drive came to a place, m, to a hundred metres or two. */
function passedM({ route: { lat, lon } }: Drive, place: Place): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let index = 1; index < lat.length; index++) {
    const from = { lat: num(lat, index - 1), lon: num(lon, index - 1) };
    const to = { lat: num(lat, index), lon: num(lon, index) };
    const steps = Math.max(1, Math.ceil(lengthM(from, to) / 200));
    for (let step = 0; step <= steps; step++) {
      const share = step / steps;
      const at = {
        lat: from.lat + share * (to.lat - from.lat),
        lon: from.lon + share * (to.lon - from.lon),
      };
      nearest = Math.min(nearest, lengthM(at, place));
    }
  }
  return nearest;
}
