import { describe, expect, it } from 'vitest';
import { termsOf } from '../../testing/census-builder.ts';
import { gridFactor } from './grid-factor.ts';

const set = termsOf().carbonFactors.value;
const own = { kind: 'year' } as const;

describe("the grid's factor", () => {
  it("is the year's own where it was published", () => {
    expect(gridFactor(set, 'national', 2022, own)).toEqual({
      kgCO2PerKWh: 0.5366,
      year: 2022,
      provisional: false,
    });
  });

  it('is the last one before a year without its own, and provisional', () => {
    expect(gridFactor(set, 'national', 2025, own)).toMatchObject({ year: 2023, provisional: true });
    expect(gridFactor(set, 'Zhejiang', 2023, own)).toMatchObject({ kgCO2PerKWh: 0.5153, provisional: true });
  });

  it('is the first one, and provisional, for a year before all of them', () => {
    expect(gridFactor(set, 'Hubei', 2020, own)).toMatchObject({ year: 2021, provisional: true });
  });

  it("is one year's for all years under a fixed policy", () => {
    const fixed = { kind: 'fixed', fixedYear: 2021 } as const;
    expect(gridFactor(set, 'East', 2020, fixed)).toEqual(gridFactor(set, 'East', 2024, fixed));
    expect(gridFactor(set, 'East', 2024, fixed)).toMatchObject({ kgCO2PerKWh: 0.5992, provisional: false });
  });

  it('is none in a region that has none', () => {
    expect(gridFactor(set, 'Atlantis', 2022, own)).toBeUndefined();
  });
});
