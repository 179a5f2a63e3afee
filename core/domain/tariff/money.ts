// Money in whole fen (分, 0.01 CNY), so that sums of rounded amounts are exact.

/**
 * Half a fen goes away from zero. Read to 15 significant digits first: 1.005 is half a fen above 1.00, whatever its binary form.
 * @param cny finite
 */
export function fenOf(cny: number): number {
  const fen = Math.round(Number((Math.abs(cny) * 100).toPrecision(15)));
  return cny < 0 && fen !== 0 ? -fen : fen;
}

/**
 * What of an amount falls on its part from `before` to `until` (shares, 0 to 1). Parts that adjoin add up to the fen.
 */
export function fenOfPart(cny: number, before: number, until: number): number {
  return fenOf(cny * until) - fenOf(cny * before);
}

export function cnyOf(fen: number): number {
  return fen / 100;
}
