import { describe, expect, it } from 'vitest';
import { classCosts } from './class-cost.ts';

describe('cost against the class', () => {
  const cars = (rates: readonly (number | null)[], usedKm = 1_000) =>
    rates.map((cnyPerKm, index) => ({
      vehicle: `${index}`,
      vehicleClass: 'sedan' as const,
      cnyPerKm,
      usedKm,
    }));

  it('is a ratio to the middle of the class, where enough cars are known', () => {
    const [first, , , , fifth] = classCosts(cars([1, 2, 2, 2, 5]));
    expect(first).toMatchObject({ medianCnyPerKm: 2, ratio: 0.5, cars: 5 });
    expect(fifth?.ratio).toBe(2.5);
    expect(classCosts(cars([1, 2, 2, 2, null]))[0]).toMatchObject({
      medianCnyPerKm: null,
      ratio: null,
      cars: 4,
    });
  });

  it('leaves cars out that hardly drove, and keeps classes apart', () => {
    expect(classCosts(cars([1, 2, 3, 4, 5], 100))[0]).toMatchObject({ cnyPerKm: null, cars: 0, ratio: null });
    const coach = { vehicle: 'coach', vehicleClass: 'coach' as const, cnyPerKm: 9, usedKm: 1_000 };
    expect(classCosts([...cars([1, 2, 3, 4, 5]), coach]).at(-1)).toMatchObject({
      cars: 1,
      medianCnyPerKm: null,
    });
  });
});
