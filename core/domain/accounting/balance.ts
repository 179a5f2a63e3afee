// A meter against the sub-meters below it (总分表平衡): what none of them counts is the residual.

export interface BalanceInput {
  /** Key of the meter above. */
  readonly point: string;
  /** Its consumption of the month; `null`: not known in full. */
  readonly value: number | null;
  /** Those directly below it, of the same carrier. */
  readonly children: readonly { readonly point: string; readonly value: number | null }[];
  /** Residual ÷ parent in earlier months in which it was known. */
  readonly earlierShares: readonly number[];
}

export interface BalanceResult {
  readonly point: string;
  readonly parent: number | null;
  /** Σ of the children; `null` where one is not known. */
  readonly children: number | null;
  /** parent − Σ children; `null` where one is not known (but see `children-exceed`). */
  readonly residual: number | null;
  /** residual ÷ parent; `null` where the parent used nothing, too. */
  readonly residualShare: number | null;
  readonly verdict: 'balanced' | 'children-exceed' | 'residual-jump' | 'cannot-say';
}

/** A jump is told from so many earlier months on. */
const enoughMonths = 3;

/**
 * Children exceed the parent when residual < −tolerance × parent; known children may do so while others are unknown. A jump:
 * the residual's share lies further from the median of earlier months than `residualJump`.
 */
export function balanceOf(
  { point, value, children, earlierShares }: BalanceInput,
  options: { readonly balanceTolerance?: number; readonly residualJump?: number } = {},
): BalanceResult {
  const { balanceTolerance = 0.02, residualJump = 0.1 } = options;
  const known = children.filter((child) => child.value !== null);
  const knownSum = known.reduce((sum, child) => sum + (child.value ?? 0), 0);
  const complete = value !== null && known.length === children.length;
  const residual = complete ? value - knownSum : null;
  const residualShare = residual === null || value === null || value <= 0 ? null : residual / value;
  const result = {
    point,
    parent: value,
    children: known.length === children.length ? knownSum : null,
    residual,
    residualShare,
  };
  if (value !== null && value - knownSum < -balanceTolerance * Math.abs(value)) {
    return { ...result, verdict: 'children-exceed' };
  }
  if (!complete) return { ...result, verdict: 'cannot-say' };
  const usual = medianOf(earlierShares);
  const jumped =
    residualShare !== null && usual !== undefined && Math.abs(residualShare - usual) > residualJump;
  return { ...result, verdict: jumped ? 'residual-jump' : 'balanced' };
}

function medianOf(values: readonly number[]): number | undefined {
  if (values.length < enoughMonths) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
