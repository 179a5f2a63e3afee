// Numbers that may be unknown, as series of boards carry them: a flag beside each, and 0 where there is none.

export type KnownNumber<Name extends string> = { readonly [Key in Name | `${Name}_known`]: number };

/** @param value `null`, left out, NaN or infinite: not known */
export function knownNumber<Name extends string>(
  name: Name,
  value: number | null | undefined,
): KnownNumber<Name> {
  const known = isKnown(value);
  return { [name]: known ? value : 0, [`${name}_known`]: known ? 1 : 0 } as KnownNumber<Name>;
}

/** For a number whose flag is another's. */
export function orZero(value: number | null | undefined): number {
  return isKnown(value) ? value : 0;
}

/** value ÷ before − 1; `null` where one is not known, or there was nothing. */
export function changeOf(value: number | null | undefined, before: number | null | undefined): number | null {
  return isKnown(value) && isKnown(before) && before > 0 ? value / before - 1 : null;
}

export function isKnown(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
