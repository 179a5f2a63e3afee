// Power-factor adjustment (功率因数调整电费, 力调电费) by the national table of 1983.
//
// Source: 《功率因数调整电费办法》（(83)水电财字第215号）. The table was read at http://wgbc.cn/zxjs/205.html, with the bounds of
// reactive ÷ active of each step, and agrees with a second reproduction that names the same document (which has −1.0 % for
// the standard 0.85 from 0.94 on, where the table and its own row have −1.1 %). Confidence: medium-high; the ministry's
// original was not at hand.
//
// The standards: 0.90 industry above 160 kVA at high voltage; 0.85 other users from 100 kVA on, offices, schools and
// hospitals among them; 0.80 farming and resale.

export type PowerFactorStandard = 0.9 | 0.85 | 0.8;

/** From here on a better power factor brings nothing more, in hundredths. */
const bestOf = { 0.9: 95, 0.85: 94, 0.8: 92 } as const satisfies Record<PowerFactorStandard, number>;

/**
 * Power factor of a month, in hundredths: active ÷ √(active² + reactive²), rounded to two places (四舍五入).
 * @param activeKwh not below 0
 * @param reactiveKvarh not below 0
 * @returns `undefined` where neither was used
 */
export function powerFactorHundredths(activeKwh: number, reactiveKvarh: number): number | undefined {
  const apparent = Math.hypot(activeKwh, reactiveKvarh);
  if (!(apparent > 0)) return undefined;
  return Math.round((activeKwh / apparent) * 100);
}

/**
 * What is added to the bill (below 0: taken off), in hundredths of a per cent.
 * @param hundredths the power factor × 100, 0 to 100
 */
export function adjustmentBasisPoints(standard: PowerFactorStandard, hundredths: number): number {
  const wanted = Math.round(standard * 100);
  if (hundredths >= wanted) {
    const reached = Math.min(hundredths, bestOf[standard]);
    const toNinety = Math.max(0, Math.min(reached, 90) - wanted);
    const above = Math.max(0, reached - 90);
    return -(10 * toNinety + 15 * above) + 0;
  }
  const short = wanted - hundredths;
  return (
    50 * Math.min(short, 20) + 100 * Math.min(Math.max(short - 20, 0), 5) + 200 * Math.max(short - 25, 0)
  );
}
