import { describe, expect, it } from 'vitest';
import { pue } from './pue.ts';

const known = (quantity: number) => ({ quantity, coverage: 1 });

describe("a data centre's PUE", () => {
  it('is what the facility uses over what its IT uses', () => {
    expect(pue(known(150), known(100), 0.9)).toEqual({ value: 1.5, facilityKWh: 150, itKWh: 100 });
  });

  it('is null, not 0 or infinite, without IT or without readings', () => {
    expect(pue(known(150), known(0), 0.9)).toMatchObject({ value: null, reason: 'no-data' });
    expect(pue(known(Number.NaN), known(100), 0.9)).toMatchObject({ value: null, facilityKWh: null });
    expect(pue(known(150), known(Number.NaN), 0.9)).toMatchObject({ value: null, itKWh: null });
  });

  it('is withheld when either side has holes', () => {
    const side = { quantity: 100, coverage: 0.5 };
    expect(pue(known(150), side, 0.9)).toMatchObject({ value: null, withheld: 1.5, reason: 'coverage' });
    expect(pue({ quantity: 150, coverage: 0.5 }, known(100), 0.9)).toMatchObject({ reason: 'coverage' });
  });

  it('is no PUE where the facility shows less than its IT', () => {
    expect(pue(known(90), known(100), 0.9)).toMatchObject({
      value: null,
      withheld: 0.9,
      reason: 'below-one',
    });
  });
});
