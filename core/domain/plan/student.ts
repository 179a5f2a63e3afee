// Quantiles of Student's t distribution, for intervals that rest on few observations.

/**
 * The t that a value of `dof` degrees of freedom stays below with probability `p`. Good to about 1e-10.
 * @param p above 0, below 1
 * @param dof above 0, whole or not
 */
export function studentQuantile(p: number, dof: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, dof);
  let low = 0;
  let high = 1;
  while (studentCdf(high, dof) < p && high < 1e12) high *= 2;
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, dof) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function studentCdf(t: number, dof: number): number {
  const tail = incompleteBeta(dof / (dof + t * t), dof / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** Regularized incomplete beta I_x(a, b), by its continued fraction (Lentz) [Abramowitz & Stegun 26.5.8]. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let fraction = d;
  for (let m = 1; m <= 300; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** Stirling's series, after the argument was raised above 10. */
function logGamma(value: number): number {
  let shift = 0;
  let z = value;
  for (; z < 10; z += 1) shift += Math.log(z);
  const inverse = 1 / (z * z);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
