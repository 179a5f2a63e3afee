// PUE of a data centre: what its facility meters show over what its IT meters show.

/** Electricity of one side over a period. */
export interface PueSide {
  /** kWh; NaN: unknown. */
  readonly quantity: number;
  /** Share of the expected time that is known, 0 to 1. */
  readonly coverage: number;
}

export interface Pue {
  readonly value: number | null;
  readonly withheld?: number;
  /** `below-one`: the facility shows less than its IT: a meter is wrong or hangs elsewhere. */
  readonly reason?: 'no-data' | 'coverage' | 'below-one';
  readonly facilityKWh: number | null;
  readonly itKWh: number | null;
}

export function pue(facility: PueSide, it: PueSide, threshold: number): Pue {
  const inputs = { facilityKWh: orNull(facility.quantity), itKWh: orNull(it.quantity) };
  const value = facility.quantity / it.quantity;
  if (!(it.quantity > 0) || !Number.isFinite(value)) return { value: null, reason: 'no-data', ...inputs };
  const covered = Math.min(facility.coverage, it.coverage) >= threshold - 1e-9;
  if (!covered) return { value: null, withheld: value, reason: 'coverage', ...inputs };
  if (value < 1 - 1e-9) return { value: null, withheld: value, reason: 'below-one', ...inputs };
  return { value, ...inputs };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
