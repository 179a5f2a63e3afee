// Consumption from full to full (满箱法): what was filled since the tank was last full, over what was driven since. Fills in part add
// up until the next full one; without two full ones nothing is known.
import type { KmBetween } from './mileage.ts';
import { byTs, type CardEntry } from './model.ts';

/** What the kilometres rest on: odometers at the pump; or positions, because these are missing, fell, or contradict positions; or nothing. */
export type SpanKmBy = 'odometer' | 'odometer-missing' | 'odometer-fell' | 'odometer-disagrees' | 'unknown';

export interface TankSpan {
  /** Ids of the full fills that begin and end it. */
  readonly from: string;
  readonly to: string;
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  /** Litres or kWh of all fills after the first full one, the last one included. */
  readonly quantity: number;
  /** Of them, in part. */
  readonly partialFills: number;
  /** Null: neither odometers nor positions tell. */
  readonly km: number | null;
  readonly kmBy: SpanKmBy;
  /** Null where kilometres are not known, or none. */
  readonly per100Km: number | null;
}

/** Two ways of telling kilometres may differ by a fifth, and by 20 km: a typed odometer that is wrong is wrong by more. */
const agreement = { share: 0.2, km: 20 };

/** @param entries of one car and one kind, in any order @returns by time; each fill lies in one span at most */
export function tankSpans(entries: readonly CardEntry[], kmBetween: KmBetween): TankSpan[] {
  const spans: TankSpan[] = [];
  let full: CardEntry | undefined;
  let [quantity, partialFills] = [0, 0];
  for (const entry of [...entries].sort(byTs)) {
    if (full === undefined) {
      if (entry.fullTank === true) full = entry;
      continue;
    }
    quantity += entry.quantity;
    if (entry.fullTank !== true) {
      partialFills++;
      continue;
    }
    const { km, kmBy } = spanKm(full, entry, kmBetween);
    spans.push({
      from: full.id,
      to: entry.id,
      start: full.ts,
      end: entry.ts,
      quantity,
      partialFills,
      km,
      kmBy,
      per100Km: km === null || km === 0 ? null : (quantity / km) * 100,
    });
    full = entry;
    [quantity, partialFills] = [0, 0];
  }
  return spans;
}

export interface Consumption {
  /** Litres or kWh per 100 km, over spans that end in the stretch of time and whose kilometres are known. */
  readonly per100Km: number | null;
  readonly quantity: number;
  readonly km: number;
  readonly spans: number;
  /** Spans left out, since nobody knows how far the car went. */
  readonly spansWithoutKm: number;
  /** Why there is no figure. */
  readonly reason: 'no-span' | 'no-distance' | null;
}

/** Spans that end in [from, to): each counts once, so that months sum to years. */
export function consumption(spans: readonly TankSpan[], from: number, to: number): Consumption {
  const ended = spans.filter(({ end }) => end >= from && end < to);
  let [quantity, km, known] = [0, 0, 0];
  for (const span of ended) {
    if (span.km === null) continue;
    known++;
    quantity += span.quantity;
    km += span.km;
  }
  return {
    per100Km: km > 0 ? (quantity / km) * 100 : null,
    quantity,
    km,
    spans: known,
    spansWithoutKm: ended.length - known,
    reason: km > 0 ? null : ended.length === 0 ? 'no-span' : 'no-distance',
  };
}

/** Kilometres from one fill to another. */
export function spanKm(
  first: CardEntry,
  last: CardEntry,
  kmBetween: KmBetween,
): { km: number | null; kmBy: SpanKmBy } {
  const seen = kmBetween(first.ts, last.ts);
  const [before, after] = [first.odometerKm ?? null, last.odometerKm ?? null];
  const otherwise = (kmBy: SpanKmBy) => ({ km: seen, kmBy: seen === null ? 'unknown' : kmBy });
  if (before === null || after === null) return otherwise('odometer-missing');
  if (after < before) return otherwise('odometer-fell');
  const km = after - before;
  if (seen !== null && Math.abs(km - seen) > Math.max(agreement.km, agreement.share * seen))
    return otherwise('odometer-disagrees');
  return { km, kmBy: 'odometer' };
}
