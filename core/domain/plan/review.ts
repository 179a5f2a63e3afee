// A review of a plan: from the amounts of institutions to figures, and from figures to their place on the line. Deterministic, so
// that a frozen review can be computed again.
import { type Indicator, indicatorEntry } from '../accounting/indicators.ts';
import { type CapUse, capUse } from './caps.ts';
import type { PlanFigure } from './figure.ts';
import { type LinePlace, placeOnLine, type Target, wantedDirection } from './line.ts';

/** One institution's own part of a sum; `null`: not known. */
export interface ReviewPart {
  readonly institution: string;
  readonly amount: number | null;
  /** Users or area; `null` too where the indicator is a total. */
  readonly per: number | null;
  /** What the amount is made of: Σ quantity × factor. */
  readonly terms?:
    | readonly { readonly commodity: string; readonly quantity: number; readonly factor: number }[]
    | undefined;
}

export interface ReviewSide {
  readonly year: number;
  readonly coverage: number;
  readonly provisional: boolean;
  readonly parts: readonly ReviewPart[];
}

export interface ReviewIndicator {
  readonly indicator: Indicator;
  readonly target: Target;
  /** The base year, restated: of the institutions that belong today. */
  readonly base: ReviewSide;
  readonly now: ReviewSide;
}

export interface ReviewCap {
  readonly indicator: Indicator;
  readonly cap: number;
  readonly endYear: number;
  readonly now: ReviewSide;
}

export interface ReviewInput {
  readonly coverageThreshold: number;
  readonly indicators: readonly ReviewIndicator[];
  readonly caps: readonly ReviewCap[];
}

export interface ReviewResult {
  readonly indicators: readonly {
    readonly indicator: Indicator;
    readonly base: PlanFigure;
    readonly now: PlanFigure;
    readonly place: LinePlace;
  }[];
  readonly caps: readonly { readonly indicator: Indicator; readonly now: PlanFigure; readonly use: CapUse }[];
}

export function review(input: ReviewInput): ReviewResult {
  const threshold = input.coverageThreshold;
  return {
    indicators: input.indicators.map(({ indicator, target, base, now }) => {
      const [baseFigure, figure] = [
        figureOf(indicator, base, threshold),
        figureOf(indicator, now, threshold),
      ];
      const options = { wanted: wantedDirection(indicator), coverageThreshold: threshold };
      const place = placeOnLine(target, baseFigure, figure, now.year, options);
      return { indicator, base: baseFigure, now: figure, place };
    }),
    caps: input.caps.map(({ indicator, cap, endYear, now }) => {
      const figure = figureOf(indicator, now, threshold);
      return {
        indicator,
        now: figure,
        use: capUse(cap, endYear, figure, now.year, { coverageThreshold: threshold }),
      };
    }),
  };
}

/** Sum of the parts; of an intensity, only of parts known above and below the line, and `null` under the threshold. */
export function figureOf(indicator: Indicator, side: ReviewSide, coverageThreshold: number): PlanFigure {
  const intensity = indicatorEntry(indicator).per !== undefined;
  let amount = 0;
  let per = 0;
  let count = 0;
  for (const part of side.parts) {
    if (part.amount === null || (intensity && part.per === null)) continue;
    amount += part.amount;
    per += part.per ?? 0;
    count += 1;
  }
  const { coverage, provisional } = side;
  const withheld = count === 0 || (intensity && (!(per > 0) || coverage < coverageThreshold));
  return { value: withheld ? null : intensity ? amount / per : amount, coverage, provisional };
}
