// Orders and trips where positions are missing: what is not known accuses nobody.
import { describe, expect, it } from 'vitest';
import { at, car, type Leg, minute, order, place } from '../../../testing/driven-car.ts';
import { trackOf } from '../track/columns.ts';
import { matchOrders } from './match.ts';
import type { Matched } from './model.ts';

const kinds = (matched: Matched) => matched.findings.map(({ kind }) => kind);

/** There at 1:00 to 1:20, back at 3:00 to 3:20. */
const thereAndBack: readonly Leg[] = [
  [60, 0],
  [80, 20],
  [180, 20],
  [200, 0],
  [600, 0],
];

describe('dispatch orders and what nobody saw', () => {
  it('accuse nobody of what was not seen', () => {
    const silent = car([
      [60, 0],
      [300, 0, 'silent'],
      [400, 0],
    ]);
    // The engine is not known to be off before the silence: it may have been driven.
    const track = { ...silent.track, flags: new Uint8Array(silent.track.length) };
    const matched = matchOrders({ ...silent, track, orders: [order(100, 200)] });
    expect(matched.findings).toEqual([]);
    expect(matched.unknowns).toMatchObject([{ about: 'order', reason: 'no-data', unseenMs: 100 * minute }]);
    expect(matched.orders).toMatchObject([{ state: 'unknown' }]);
  });

  it('say that a car moved unseen, without blame', () => {
    const silent = car([
      [60, 0],
      [200, 30, 'silent'],
      [300, 30],
    ]);
    const matched = matchOrders({ ...silent, orders: [] });
    expect(matched.findings).toEqual([]);
    expect(matched.unknowns).toMatchObject([{ about: 'movement', reason: 'moved-unseen' }]);
    const covered = matchOrders({ ...silent, orders: [order(50, 210)] });
    expect(covered.findings).toEqual([]);
    expect(covered.orders).toMatchObject([{ state: 'unknown' }]);
  });

  it('know that a car stood in a garage, where it reports without a fix', () => {
    const garage = car([
      [60, 0],
      [80, 20],
      [90, 20],
    ]);
    const ramp = { lat: place(20).lat, lon: 114 };
    const rest = {
      kind: 'stop',
      start: at(90),
      end: at(300),
      positions: 420,
      at: ramp,
      idleMs: 0,
      gapMs: 0,
    } as const;
    const stop = { ...rest, endsBy: 'data', settledTs: Number.NaN, anchor: { ...ramp, ts: at(90) } } as const;
    const none = order(150, 250, { destination: place(25) });
    const input = { ...garage, until: at(300), orders: [order(50, 100), none] };
    const known = matchOrders({ ...input, segments: [...garage.segments, stop] });
    expect(known.findings).toMatchObject([{ kind: 'order-without-trip', orders: [none.id] }]);
    expect(matchOrders(input).findings).toEqual([]);
  });

  it('do not know whether a place was reached while the car was silent', () => {
    const told = car([
      [60, 0],
      [70, 10],
      [100, 10, 'silent'],
      [120, 0],
      [300, 0],
    ]);
    const silent = { ...told, track: { ...told.track, flags: new Uint8Array(told.track.length) } };
    const matched = matchOrders({ ...silent, orders: [order(50, 130)] });
    expect(matched.findings).toEqual([]);
    expect(matched.orders).toMatchObject([{ state: 'driven', route: 'unknown' }]);
    // In half an hour nobody drives 100 km and back.
    const far = matchOrders({ ...silent, orders: [order(50, 130, { destination: place(110) })] });
    expect(kinds(far)).toContain('order-place-missed');
  });

  it('judge by trips and stops alone where the positions are deleted', () => {
    const { segments, until } = car(thereAndBack);
    const gone = { segments, until, track: trackOf([]) };
    expect(matchOrders({ ...gone, orders: [order(50, 210)] }).findings).toEqual([]);
    expect(kinds(matchOrders({ ...gone, orders: [] }))).toEqual(['trip-without-order', 'trip-without-order']);
  });

  it('say nothing without data', () => {
    const nothing = { segments: [], track: trackOf([]), until: at(1_000) };
    const matched = matchOrders({ ...nothing, orders: [order(50, 210)] });
    expect(matched.findings).toEqual([]);
    expect(matched.orders).toMatchObject([{ state: 'unknown' }]);
  });
});
