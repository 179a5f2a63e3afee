import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Corner, outlineFault, tidyOutline } from './outline.ts';

const square: Corner[] = [
  [120, 28],
  [120.01, 28],
  [120.01, 28.01],
  [120, 28.01],
];

describe('an outline', () => {
  it('may be closed or not, repeat a corner, touch itself and go round either way', () => {
    const closed = [...square, square[0] as Corner];
    expect(outlineFault(square)).toBeUndefined();
    expect(outlineFault(closed)).toBeUndefined();
    expect(outlineFault(square.toReversed())).toBeUndefined();
    expect(tidyOutline([...closed.flatMap((corner) => [corner, corner])])).toEqual(square);
    // Two yards that meet at a corner.
    const yards: Corner[] = [
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 2],
      [1, 1],
      [0, 1],
    ];
    expect(outlineFault(yards)).toBeUndefined();
  });

  it('that crosses itself is named by the two edges, counted as they were given', () => {
    const bow = [square[0], square[2], square[2], square[1], square[3]] as Corner[];
    expect(outlineFault(bow)).toEqual({ fault: 'crossed', one: [1, 2], other: [4, 5] });
  });

  it('of less than three corners, or on one line, holds nothing', () => {
    expect(outlineFault([])).toEqual({ fault: 'few', distinct: 0 });
    expect(
      outlineFault([
        [120, 28],
        [121, 28],
        [120, 28],
        [121, 28],
      ]),
    ).toEqual({ fault: 'few', distinct: 2 });
    expect(
      outlineFault([
        [120, 28],
        [121, 28],
        [120.5, 28],
      ]),
    ).toMatchObject({ fault: 'flat', squareM: 0 });
  });

  it('of any star around a place is right, however many points it has; two of its corners exchanged are told', () => {
    const star = fc
      .array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 4, maxLength: 60 })
      .map((radii) =>
        radii.map((radius, at): Corner => {
          const angle = (2 * Math.PI * at) / radii.length;
          return [120 + radius * Math.cos(angle), 28 + radius * Math.sin(angle)];
        }),
      );
    fc.assert(
      fc.property(star, fc.nat(), (corners, pick) => {
        expect(outlineFault(corners)).toBeUndefined();
        // A regular outline, so that what is exchanged is no corner of the same place or line.
        const count = corners.length;
        const round = corners.map((_, at): Corner => {
          const angle = (2 * Math.PI * at) / count;
          return [120 + Math.cos(angle), 28 + Math.sin(angle)];
        });
        const [one, other] = [pick % count, (pick + 1) % count];
        const exchanged = round.with(one, round[other] as Corner).with(other, round[one] as Corner);
        expect(outlineFault(exchanged)?.fault).toBe('crossed');
      }),
      { seed: 12 },
    );
  });
});
