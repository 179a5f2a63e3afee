// Scaling without binary noise: 12345 × 0.01 is 123.45, as the decimals say, not 123.45000000000002.

/** digits × 10^exponent, exactly. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/**
 * raw × scale + offset, computed exactly on the shortest decimals of the three and rounded once to the nearest double.
 * `raw` must be finite.
 */
export function scaler(scale: number, offset: number): (raw: number | bigint) => number {
  if (scale === 1 && offset === 0) return (raw) => Number(raw) + 0;
  const factor = decimal(scale);
  const summand = decimal(offset);
  return (raw) => {
    const value = decimal(raw);
    const product = { digits: value.digits * factor.digits, exponent: value.exponent + factor.exponent };
    return toNumber(add(product, summand));
  };
}

function decimal(value: number | bigint): Decimal {
  if (typeof value === 'bigint') return { digits: value, exponent: 0 };
  const [mantissa = '0', power = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

function add(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) return a;
  const exponent = Math.min(a.exponent, b.exponent);
  const shifted = (x: Decimal) => x.digits * 10n ** BigInt(x.exponent - exponent);
  return { digits: shifted(a) + shifted(b), exponent };
}

function toNumber({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`);
}
