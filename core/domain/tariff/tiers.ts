// Tiers (阶梯): what lies above a bound costs another price; counted up from the beginning of the month or year.
import type { CostGap } from './cost-gaps.ts';
import type { DraftLine, Piece } from './cost-lines.ts';
import { fenOf } from './money.ts';
import type { Tariff } from './tariff.ts';

type Tiers = NonNullable<Tariff['tiers']>;

/** Counts along the pieces of an account, which come in time order. */
export class TierCounter {
  readonly #tiers: Tiers;
  /** Used since the beginning of the month or year; `undefined`: not known. */
  #used: number | undefined;
  /** Where the piece before ended. */
  #end: number | undefined;

  constructor(tiers: Tiers, usedBefore: number | undefined) {
    this.#tiers = tiers;
    this.#used = usedBefore;
  }

  /** @param partial goes on counting over hours that are not known */
  linesOf(piece: Piece, partial: boolean): DraftLine[] {
    const { use } = piece;
    if (this.#begins(piece)) this.#used = 0;
    else if (this.#end !== undefined && this.#end !== use.from) this.#used = undefined;
    this.#end = use.to;
    const before = this.#used;
    if (before !== undefined) this.#used = piece.unknown && !partial ? undefined : before + piece.total;
    return this.#lines(before, piece);
  }

  #begins({ month, before }: Piece): boolean {
    const { per, yearFrom } = this.#tiers;
    return before === 0 && (per === 'month' || Number(month.slice(5)) === yearFrom);
  }

  #lines(before: number | undefined, piece: Piece): DraftLine[] {
    const { steps, bounds, adjusted } = this.#tiers;
    const line = { component: 'tiers', period: null, adjusted };
    const scale = bounds === 'quota' ? piece.account.quota : 1;
    const gaps: CostGap[] = [];
    if (piece.unknown) gaps.push('unknown-hours');
    if (before === undefined) gaps.push('no-tier-start');
    if (scale === undefined) gaps.push('no-quota');
    if (before === undefined || scale === undefined) {
      return [{ ...line, step: null, quantity: piece.total, price: null, fen: null, gaps }];
    }
    const after = before + piece.total;
    let low = Number.NEGATIVE_INFINITY;
    return steps.flatMap(({ upTo, price }, step) => {
      const high = upTo === undefined ? Number.POSITIVE_INFINITY : upTo * scale;
      const quantity = clamp(after, low, high) - clamp(before, low, high);
      low = high;
      const here = quantity !== 0 || (piece.total === 0 && step === 0) || gaps.length > 0;
      return here ? [{ ...line, step, quantity, price, fen: fenOf(quantity * price), gaps }] : [];
    });
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
