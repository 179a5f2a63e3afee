import { describe, expect, it } from 'vitest';
import { type PositionLike, trackOf } from './columns.ts';
import { placeAt, seenSpans } from './seen.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 9, 12);
const degreeKm = 111.195;
type Fix = readonly [minutes: number, km: number, ignition?: boolean, odometerKm?: number];
const track = (fixes: readonly Fix[]) =>
  trackOf(
    fixes.map(
      ([minutes, km, ignition, odometerKm]): PositionLike => ({
        ts: t0 + minutes * minute,
        lat: 30 + km / degreeKm,
        lon: 114,
        speedKmh: 0,
        courseDeg: 0,
        extras: { ignition, odometerKm },
      }),
    ),
  );
const spans = (fixes: readonly Fix[]) =>
  seenSpans(track(fixes)).map(([from, to]) => [(from - t0) / minute, (to - t0) / minute]);
const kmAt = (fixes: readonly Fix[], minutes: number) => {
  const place = placeAt(track(fixes), t0 + minutes * minute);
  return place && (place.lat - 30) * degreeKm;
};

describe('what was seen', () => {
  it('ends with a silence', () => {
    expect(
      spans([
        [0, 0],
        [5, 1],
        [60, 20],
        [61, 21],
      ]),
    ).toEqual([
      [0, 5],
      [60, 61],
    ]);
  });

  it('goes on while a car that was switched off sleeps', () => {
    expect(
      spans([
        [0, 0, false],
        [300, 0.01, false],
      ]),
    ).toEqual([[0, 300]]);
    expect(
      spans([
        [0, 0, true],
        [300, 0],
      ]),
    ).toHaveLength(2);
    expect(
      spans([
        [0, 0],
        [300, 0],
      ]),
    ).toHaveLength(2);
    expect(
      spans([
        [0, 0, false],
        [2_000, 0],
      ]),
    ).toHaveLength(2);
    expect(
      spans([
        [0, 0, false],
        [300, 3],
      ]),
    ).toHaveLength(2);
  });

  it('does not, if the odometer went on meanwhile', () => {
    expect(
      spans([
        [0, 0, false, 100],
        [300, 0, false, 140],
      ]),
    ).toHaveLength(2);
  });

  it('is nothing without positions', () => {
    expect(spans([])).toEqual([]);
    expect(kmAt([], 0)).toBeUndefined();
  });
});

describe('the place of a car', () => {
  it('lies on the line between two positions', () => {
    expect(
      kmAt(
        [
          [0, 0],
          [1, 1],
        ],
        0.25,
      ),
    ).toBeCloseTo(0.25, 6);
    expect(
      kmAt(
        [
          [0, 0],
          [1, 1],
        ],
        1,
      ),
    ).toBeCloseTo(1, 6);
  });

  it('is unknown before, after, and in a silence, unless the car slept', () => {
    expect(
      kmAt(
        [
          [0, 0],
          [1, 1],
        ],
        2,
      ),
    ).toBeUndefined();
    expect(
      kmAt(
        [
          [0, 0],
          [1, 1],
        ],
        -1,
      ),
    ).toBeUndefined();
    expect(
      kmAt(
        [
          [0, 0],
          [30, 20],
        ],
        10,
      ),
    ).toBeUndefined();
    expect(
      kmAt(
        [
          [0, 0, false],
          [600, 0],
        ],
        10,
      ),
    ).toBeCloseTo(0, 6);
  });
});
