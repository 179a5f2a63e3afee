// The metered part of a book: months of series go to the lines of their stretches; what counts together is left to the pools.
import type { MeteredMonths } from './book.ts';
import type { Census, MeteredStretch, Months } from './census.ts';
import { type LineTable, lineKey } from './line-table.ts';
import { type Flow, Pools, type Reading } from './metered-pools.ts';
import { daysBetween, monthAt, monthEnd, monthStart } from './months.ts';

/** A stretch that cuts a month: what is to be read by days. */
export interface CutMonth {
  /** Place in `Census.series`. */
  readonly series: number;
  /** Place in `Census.months`. */
  readonly month: number;
  /** The part of the month, epoch ms. */
  readonly from: number;
  readonly to: number;
}

/** What a series consumed in a part of a month; `value` NaN: unknown. */
export interface PartialMonth extends CutMonth {
  readonly value: number;
  readonly measuredMs: number;
  readonly estimatedMs: number;
}

/** The parts of months that stretches cut; the store is asked for them by days, and `buildBook` gets the answers. */
export function cutMonths(census: Census): CutMonth[] {
  const cuts = new Map<string, CutMonth>();
  for (const [series, { stretches }] of census.series.entries()) {
    for (const stretch of stretches) {
      forMonths(census.months, stretch, (month, from, to, whole) => {
        if (!whole) cuts.set(`${series} ${month} ${from} ${to}`, { series, month, from, to });
      });
    }
  }
  return [...cuts.values()];
}

/** Adds what counts; returns what sub-meters moved. A cut month without a `partial` is spread evenly, as estimated. */
export function addMetered(
  table: LineTable,
  census: Census,
  metered: readonly (MeteredMonths | undefined)[],
  asOf: number,
  partials: readonly PartialMonth[],
): readonly Flow[] {
  const known = new Map(partials.map((part) => [partKey(part), part]));
  const piece: Piece = { value: Number.NaN, expectedMs: 0, measuredMs: 0, estimatedMs: 0 };
  const read = (series: number, month: number, from: number, to: number, whole: boolean): Piece => {
    piece.expectedMs = Math.max(0, Math.min(to, asOf) - from);
    const part = whole ? undefined : known.get(partKey({ series, month, from, to }));
    if (part) setPiece(piece, part.value, part.measuredMs, part.estimatedMs);
    else readMonth(piece, metered[series], month, whole ? 1 : shareOfMonth(census.months, month, from, to));
    return piece;
  };

  const pools = new Pools(table, countersOf(census));
  for (const [place, { point, commodity, stretches }] of census.series.entries()) {
    const isCounter = pools.isCounter(point);
    for (let index = 0; index < stretches.length; index++) {
      const stretch = stretches[index];
      if (stretch === undefined) continue;
      const { institution, use, share } = stretch;
      const target = targetOf(stretches, index);
      if (target !== undefined) {
        const flow = pools.flow(point, commodity, stretch, target.use);
        forMonths(census.months, stretch, (month, from, to, whole) => {
          pools.move(flow, month, -share, read(place, month, from, to, whole));
        });
        index++;
        continue;
      }
      const key = lineKey(institution, commodity, use, 'metered');
      const first = table.line(key) * table.months;
      if (stretch.counter === undefined && !isCounter) {
        forMonths(census.months, stretch, (month, from, to, whole) => {
          const { value, expectedMs, measuredMs, estimatedMs } = read(place, month, from, to, whole);
          table.addTimes(first + month, expectedMs, measuredMs, estimatedMs);
          table.addQuantity(first + month, value * share);
        });
        continue;
      }
      const pool = pools.pool(stretch.counter ?? point, stretch.counter ?? point, commodity, key);
      forMonths(census.months, stretch, (month, from, to, whole) => {
        pools.count(pool, month, share, read(place, month, from, to, whole));
      });
    }
  }
  return pools.settle();
}

/** Points in whose place others count, or out of which something moves: what they count is kept together. */
function countersOf(census: Census): ReadonlySet<string> {
  const counters = new Set<string>();
  for (const { stretches } of census.series) {
    for (const { counter } of stretches) if (counter !== undefined) counters.add(counter);
  }
  return counters;
}

type Piece = { -readonly [Name in keyof Reading]: Reading[Name] };

function readMonth(piece: Piece, months: MeteredMonths | undefined, month: number, part: number): void {
  if (months === undefined) {
    setPiece(piece, Number.NaN, 0, 0);
    return;
  }
  const at = (months.first ?? 0) + month;
  const measured = months.measuredMs[at] ?? 0;
  const estimated = months.estimatedMs[at] ?? 0;
  const value = months.value[at] ?? Number.NaN;
  if (part === 1) setPiece(piece, value, measured, estimated);
  else setPiece(piece, value * part, 0, (measured + estimated) * part);
}

function setPiece(piece: Piece, value: number, measured: number, estimated: number): void {
  piece.value = value;
  piece.measuredMs = Math.min(measured, piece.expectedMs);
  piece.estimatedMs = Math.min(estimated, piece.expectedMs - piece.measuredMs);
}

function shareOfMonth(months: Months, month: number, from: number, to: number): number {
  return daysBetween(from, to) / daysBetween(monthStart(months, month), monthEnd(months, month));
}

function forMonths(
  months: Months,
  stretch: MeteredStretch,
  visit: (month: number, from: number, to: number, whole: boolean) => void,
): void {
  for (let month = Math.max(0, monthAt(months, stretch.from)); month < months.starts.length; month++) {
    const start = monthStart(months, month);
    if (start >= stretch.to) return;
    const end = monthEnd(months, month);
    const from = Math.max(start, stretch.from);
    const to = Math.min(end, stretch.to);
    if (from < to) visit(month, from, to, from === start && to === end);
  }
}

/** The other side of a move: the stretch after one below 0, of the same days and institution, that makes their sum 0. */
function targetOf(stretches: readonly MeteredStretch[], place: number): MeteredStretch | undefined {
  const source = stretches[place];
  const target = stretches[place + 1];
  if (source === undefined || target === undefined || !(source.share < 0)) return undefined;
  const pair =
    target.share === -source.share &&
    target.institution === source.institution &&
    target.from === source.from &&
    target.to === source.to;
  return pair ? target : undefined;
}

function partKey({ series, month, from, to }: CutMonth): string {
  return `${series} ${month} ${from} ${to}`;
}
