// The nation's published figures of 2020 and 2023, and the drops stated beside them.
//
// The drops were computed from figures before rounding. A published figure stands for anything that rounds to it (half a unit of the
// last place, 0.005), and so does a stated drop; ours agree when a drop that rounds to the stated one is possible.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { placeOnLine, type Target } from './line.ts';

const rows = [
  { name: 'energy per person', from: 329.56, to: 317.16, stated: 3.76, change: -0.06 },
  { name: 'energy per area', from: 18.48, to: 17.9, stated: 3.15, change: -0.05 },
  { name: 'water per person', from: 21.53, to: 20.73, stated: 3.72, change: -0.06 },
] as const;
const half = 0.005;

describe('drops of the nation, 2023 against 2020', () => {
  for (const { name, from, to, stated, change } of rows) {
    test(`${name}: ours agrees with the stated ${stated} % as far as rounding allows`, () => {
      const target: Target = { baseYear: 2020, endYear: 2025, change };
      const drop = (base: number, value: number) =>
        -100 * (placeOnLine(target, exact(base), exact(value), 2023).change ?? 0);
      const least = drop(from - half, to + half);
      const most = drop(from + half, to - half);
      expect(least).toBeLessThanOrEqual(stated + half);
      expect(most).toBeGreaterThanOrEqual(stated - half);
      // Not a wide net: half a unit above and below the line moves a drop by a tenth of a point at most.
      expect(most - least).toBeLessThan(0.11);
      const place = placeOnLine(target, exact(from), exact(to), 2023);
      expect(place.state).toBe('on-line');
      expect(place.progress).toBeCloseTo(drop(from, to) / (-change * 60), 9);
    });
  }

  test('from the rounded figures themselves two of the three agree to the digit, area only within its rounding', () => {
    const drops = rows.map(({ from, to }) => Number((100 * (1 - to / from)).toFixed(2)));
    expect(drops).toEqual([3.76, 3.14, 3.72]);
  });

  const facts = fileURLToPath(new URL('../../../../shared/facts/plans.json', import.meta.url));
  test.skipIf(!existsSync(facts))(
    'the numbers above are those of the collected facts (needs ../shared/facts)',
    () => {
      const { nationalPublished: published } = JSON.parse(readFileSync(facts, 'utf8'));
      const [base, year] = [published['2020'], published['2023']];
      expect(rows.map(({ from }) => from)).toEqual([base.kgcePerPerson, base.kgcePerM2, base.m3PerPerson]);
      expect(rows.map(({ to }) => to)).toEqual([year.kgce_person, year.kgce_m2, year.m3_person]);
      expect(rows.map(({ stated }) => stated)).toEqual(year.stated_drop_vs_2020_pct);
    },
  );
});

function exact(value: number) {
  return { value, coverage: 1, provisional: false };
}
