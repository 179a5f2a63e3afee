import { describe, expect, it } from 'vitest';
import { at, car, type Leg, minute, order, place, t0 } from '../../../testing/driven-car.ts';
import { matchOrders } from './match.ts';
import type { Matched } from './model.ts';

const kinds = (matched: Matched) => matched.findings.map(({ kind }) => kind);
const minutesOf = ({ start, end }: { start: number; end: number }) => [
  (start - t0) / minute,
  (end - t0) / minute,
];

/** There at 1:00 to 1:20, back at 3:00 to 3:20. */
const thereAndBack: readonly Leg[] = [
  [60, 0],
  [80, 20],
  [180, 20],
  [200, 0],
  [600, 0],
];

describe('dispatch orders and trips', () => {
  it('that fit leave nothing to say', () => {
    const matched = matchOrders({ ...car(thereAndBack), orders: [order(50, 210)] });
    expect(matched.findings).toEqual([]);
    expect(matched.unknowns).toEqual([]);
    expect(matched.trips.map(({ state }) => state)).toEqual(['covered', 'covered']);
    expect(matched.orders).toMatchObject([{ state: 'driven', route: 'kept', unseenMs: 0 }]);
    expect(matched.orders[0]?.distanceKm).toBeCloseTo(40, 0);
  });

  it('find a trip without order, and name the one that was withdrawn', () => {
    const withdrawn = order(50, 210, { state: 'withdrawn' });
    const matched = matchOrders({ ...car(thereAndBack), orders: [withdrawn] });
    expect(kinds(matched)).toEqual(['trip-without-order', 'trip-without-order']);
    expect(matched.findings[0]).toMatchObject({ orders: [withdrawn.id], peak: 20 });
    expect(matched.findings[0]?.evidence.length).toBeGreaterThan(1);
    expect(matched.orders).toEqual([]);
  });

  it('find an order without trip when the car was seen standing all the time', () => {
    const none = order(300, 400);
    const matched = matchOrders({ ...car(thereAndBack), orders: [order(50, 210), none] });
    expect(matched.findings).toMatchObject([
      { kind: 'order-without-trip', orders: [none.id], start: at(300), end: at(400), trips: [] },
    ]);
  });

  it('hold a trip by half of a short order, or half of a short trip, beside another order that holds it', () => {
    const back = order(170, 210);
    const statesOf = (legs: readonly Leg[], ...orders: ReturnType<typeof order>[]) =>
      matchOrders({ ...car(legs), orders: [...orders, back] }).orders.map(({ state }) => state);
    // Of eight minutes it is driven five; a minute less than half is no drive of its own.
    expect(statesOf(thereAndBack, order(50, 75), order(75, 83))).toEqual(['driven', 'driven', 'driven']);
    expect(statesOf(thereAndBack, order(50, 77), order(77, 85))).toEqual([
      'driven',
      'without-trip',
      'driven',
    ]);
    // Sixteen minutes on the road, nine of them in the second order, too.
    const short: readonly Leg[] = [
      [60, 0],
      [76, 16],
      [180, 16],
      [196, 0],
      [600, 0],
    ];
    expect(statesOf(short, order(50, 90), order(67, 91))).toEqual(['driven', 'driven', 'driven']);
    expect(statesOf(short, order(50, 90), order(69, 91))).toEqual(['driven', 'without-trip', 'driven']);
  });

  it('wait for an order that is not over', () => {
    const matched = matchOrders({ ...car(thereAndBack), orders: [order(50, 210), order(590, 700)] });
    expect(matched.findings).toEqual([]);
    expect(matched.orders.map(({ state }) => state)).toEqual(['driven', 'not-over']);
  });

  it('tell a start before the order from one within the tolerance', () => {
    const early = matchOrders({ ...car(thereAndBack), orders: [order(85, 210)] });
    expect(early.findings).toEqual([]);
    const trip = car([
      [60, 0],
      [120, 40],
      [200, 40],
    ]);
    const [found, ...others] = matchOrders({
      ...trip,
      orders: [order(100, 300, { destination: place(40) })],
    }).findings;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'order-started-early', peak: 40, limit: 30 });
    expect(found && minutesOf(found)).toEqual([60, 100]);
  });

  it('tell a trip that ran beyond its order from a late return', () => {
    expect(matchOrders({ ...car(thereAndBack), orders: [order(50, 170)] }).findings).toEqual([]);
    const long = car([
      [60, 0],
      [240, 180],
      [300, 180],
    ]);
    const [found, ...others] = matchOrders({
      ...long,
      orders: [order(50, 120, { destination: place(180) })],
    }).findings;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'order-ran-over', peak: 120, limit: 60 });
  });

  it('find a trip without order that began after the order and its tolerance', () => {
    const only = order(50, 110);
    const { findings } = matchOrders({ ...car(thereAndBack), orders: [only] });
    expect(findings).toMatchObject([{ kind: 'trip-without-order', orders: [only.id] }]);
  });

  it('find a private round after the car came back, though within the tolerance', () => {
    const rounds: readonly Leg[] = [
      [60, 0],
      [80, 20],
      [180, 20],
      [200, 0],
      [215, 0],
      [225, 8],
      [235, 8],
      [245, 0],
      [600, 0],
    ];
    const { trips } = matchOrders({ ...car(rounds), orders: [order(50, 205)] });
    expect(trips.map(({ state }) => state)).toEqual(['covered', 'covered', 'without-order', 'without-order']);
    // Before the order, which begins at the yard: out of it is no way to it.
    const before: readonly Leg[] = [
      [60, 0],
      [70, 8],
      [80, 8],
      [90, 0],
      [100, 0],
      [120, 20],
      [300, 20],
    ];
    const early = matchOrders({ ...car(before), orders: [order(95, 130)] });
    expect(early.trips.map(({ state }) => state)).toEqual(['without-order', 'covered', 'covered']);
  });

  it('let the car be brought to where its order begins', () => {
    const fetched = car([
      [60, 0],
      [70, -10],
      [85, -10],
      [115, 20],
      [600, 20],
    ]);
    const { trips, findings } = matchOrders({ ...fetched, orders: [order(82, 130, { origin: place(-10) })] });
    expect(findings).toEqual([]);
    expect(trips.map(({ state }) => state)).toEqual(['covered', 'covered']);
  });

  it('let several orders cover one trip, and say what lies between', () => {
    const long = car([
      [60, 0],
      [360, 300],
      [400, 300],
    ]);
    const far = { destination: place(300) };
    const matched = matchOrders({ ...long, orders: [order(50, 200, far), order(200, 370, far)] });
    expect(kinds(matched)).toEqual([]);
    expect(matched.trips[0]?.orders).toHaveLength(2);
    const apart = matchOrders({ ...long, orders: [order(50, 100, far), order(260, 370, far)] });
    expect(kinds(apart)).toEqual(['order-partly-covered']);
    expect(apart.findings.map(minutesOf)).toEqual([[160, 230]]);
    expect(apart.trips[0]?.state).toBe('partly');
  });

  it('do not let the late end of one order serve the next', () => {
    const next = order(75, 170);
    const matched = matchOrders({
      ...car([
        [60, 0],
        [80, 20],
        [600, 20],
      ]),
      orders: [order(50, 75), next],
    });
    expect(matched.findings).toMatchObject([{ kind: 'order-without-trip', orders: [next.id] }]);
  });

  it('find a destination that the car never came near, with the nearest position', () => {
    const [found, ...others] = matchOrders({
      ...car(thereAndBack),
      orders: [order(50, 210, { destination: place(23, 'Seaside') })],
    }).findings;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'order-place-missed', where: 'Seaside', limit: 1_000 });
    expect(found?.peak).toBeCloseTo(3_000, -1);
    expect(found?.evidence).toHaveLength(3);
  });

  it('count a place that was passed between two positions', () => {
    const matched = matchOrders({
      ...car(thereAndBack),
      orders: [order(50, 210, { via: [{ name: 'gate', lat: place(10.25).lat, lon: 114.0099 }] })],
    });
    expect(matched.findings).toEqual([]);
  });

  it('find a car that went where its order does not go, as an episode', () => {
    const strayed = car([
      [60, 0],
      [80, 20],
      [120, 20],
      [150, 60],
      [200, 60],
      [250, 0],
      [400, 0],
    ]);
    const [found, ...others] = matchOrders({ ...strayed, orders: [order(50, 260)] }).findings;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'order-route-left', open: false });
    // The ellipse about 0 and 20 km ends 5 km beyond.
    expect(found?.peak).toBeCloseTo(35_000, -2);
    expect(found?.trips).toHaveLength(2);
  });

  it('do not judge the way of an order whose places are names alone', () => {
    const matched = matchOrders({
      ...car(thereAndBack),
      orders: [order(50, 210, { destination: { name: 'X' } })],
    });
    expect(matched.findings).toEqual([]);
    expect(matched.unknowns).toMatchObject([{ about: 'route', reason: 'no-coordinates' }]);
  });

  it('do not judge the way where the origin is a name, though the destination was reached', () => {
    const matched = matchOrders({
      ...car(thereAndBack),
      orders: [order(50, 210, { origin: { name: 'X' } })],
    });
    expect(matched.findings).toEqual([]);
    expect(matched.orders).toMatchObject([{ state: 'driven', route: 'unknown' }]);
  });

  it('need none for a move to the next gate', () => {
    const moved = car([
      [60, 0],
      [63, 0.8],
      [120, 0.8],
    ]);
    const matched = matchOrders({ ...moved, orders: [] });
    expect(matched.trips).toMatchObject([{ state: 'short' }]);
    expect(matched.findings).toEqual([]);
  });
});
