// Numbers in answers, without the noise of binary fractions.

/**
 * At most 9 decimals and 12 significant digits: 266103.80000000005 becomes 266103.8. Sums over an answer's rows stay
 * right to better than one part in 1e9.
 */
export function tidy(value: number): number {
  if (Number.isInteger(value)) return value;
  return Number(Number(value.toFixed(9)).toPrecision(12));
}

export function tidyOrNull(value: number | null): number | null {
  return value === null ? null : tidy(value);
}
