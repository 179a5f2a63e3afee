// A car that is found elsewhere than it was left, and what is noted of sealed ones.
import { describe, expect, it } from 'vitest';
import { at, car, type Leg, order } from '../../../testing/driven-car.ts';
import { coversOf } from '../orders/covers.ts';
import type { DispatchOrder } from '../orders/model.ts';
import { movedUnseen } from './moved-unseen.ts';
import { sealNotes } from './seal-notes.ts';
import { type Seal, sealed } from './sealed.ts';

/** Parked at 18:00 (minute 60), its terminal pulled out; seen again after 13 hours, so many km off. */
const unplugged = (km: number): readonly Leg[] => [
  [60, 0],
  [840, km, 'silent'],
  [900, km],
];
const found = (km: number, ...orders: DispatchOrder[]) => {
  const { segments, until } = car(unplugged(km));
  return movedUnseen([...segments].reverse(), coversOf(orders), until, 1_000);
};

describe('a car that was moved while nobody saw it', () => {
  it('is found, with where it was last and first, and how far that is', () => {
    const [only, ...others] = found(100);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      kind: 'moved-unseen',
      start: at(60),
      end: at(840),
      limit: 1_000,
      open: false,
    });
    expect(only?.peak).toBeCloseTo(100_000, -2);
    expect(only?.evidence).toMatchObject([
      { ts: at(60), lat: 30 },
      { ts: at(840), lon: 114 },
    ]);
    expect(only?.evidence[1]?.lat).toBeCloseTo(30 + 100 / 111.195, 6);
  });

  it('is not found within a kilometre: drift, a garage, a tow next door', () => {
    expect(found(0)).toEqual([]);
    expect(found(0.99)).toEqual([]);
    expect(found(1.01)).toHaveLength(1);
  });

  it('is excused by an order near any of that time, tolerances included, not by one that was withdrawn', () => {
    expect(found(100, order(300, 400))).toEqual([]);
    // It may have gone late by the order before, or early by the one after.
    expect(found(100, order(-300, 1))).toEqual([]);
    expect(found(100, order(869, 1_000))).toEqual([]);
    expect(found(100, order(-300, 0), order(870, 1_000))).toHaveLength(1);
    expect(found(100, order(300, 400, { state: 'withdrawn' }))).toHaveLength(1);
  });

  it('is not found where the receiver may err, or where it is not seen again before the data end', () => {
    const { segments } = car(unplugged(100));
    const jumped = segments.map((each) =>
      each.kind === 'gap' ? { ...each, reason: 'jump' as const } : each,
    );
    expect(movedUnseen(jumped, [], at(900), 1_000)).toEqual([]);
    expect(movedUnseen(segments, [], at(839), 1_000)).toEqual([]);
    expect(movedUnseen(segments, [], at(840), 1_000)).toHaveLength(1);
  });
});

describe('of a sealed car', () => {
  const seal = (from: number, to: number, more: Partial<Seal> = {}): Seal => ({
    id: 'holiday',
    from: at(from),
    to: at(to),
    dutyExempt: false,
    ...more,
  });
  const notes = (legs: readonly Leg[], ...seals: Seal[]) => {
    const { segments, track, until } = car(legs);
    // The engine is not known to be off before the silence: it may have been driven.
    const unknown = { ...track, flags: new Uint8Array(track.length) };
    return sealNotes(sealed(segments, seals, unknown, until).unknown, seals, segments, 1_000);
  };

  it('is noted that it stood elsewhere afterwards, where it may have gone before the seal', () => {
    const [only, ...others] = notes(unplugged(100), seal(300, 900));
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      kind: 'moved-unseen',
      where: 'holiday',
      start: at(300),
      end: at(840),
      limit: 1_000,
    });
    expect(only?.peak).toBeCloseTo(100_000, -2);
    expect(only?.evidence).toMatchObject([{ ts: at(60) }, { ts: at(840) }]);
    expect(notes(unplugged(100), seal(300, 900, { dutyExempt: true }))).toEqual([]);
  });

  it('is noted for how long nobody saw it, once it is seen again', () => {
    const { segments: far, track } = car(unplugged(100));
    // Within the yard, and its engine was not known to be off.
    const segments = far.map((each) => (each.kind === 'gap' ? { ...each, distanceKm: 0.6 } : each));
    const seals = [seal(0, 2_000)];
    const { unknown } = sealed(segments, seals, track, at(1_200));
    expect(unknown.map(({ reason }) => reason)).toEqual(['no-data', 'no-data']);
    expect(unknown[1]).toMatchObject({ start: at(900), end: at(1_200) });
    // What goes on is no note: it may still be seen.
    expect(sealNotes(unknown, seals, segments, 1_000)).toMatchObject([
      { kind: 'silent', where: 'holiday', start: at(60), end: at(840), peak: 780, limit: 0, open: false },
    ]);
  });
});
