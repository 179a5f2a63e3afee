// Whether a number may be sent as a quantity: finite and within the quantity's range, as ingest will ask too.
import { type Quantity, quantities } from '../../core/domain/units.ts';

/** The reason why `value` is none of `quantity`, or `undefined` for a good one. */
export function outOfRange(quantity: Quantity, value: number): string | undefined {
  const { min, max, unit } = quantities[quantity];
  if (value >= min && value <= max) return undefined;
  return `${value} is not in the range of ${quantity}, ${min} to ${max} ${unit}`;
}
