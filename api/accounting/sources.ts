// What stands behind the quantities of one institution: bills, reports and points, with what of each falls into a period.
import type { Basis } from '../../core/domain/accounting/bases.ts';
import type { Statement } from '../../core/domain/accounting/census.ts';
import type { Commodity } from '../../core/domain/accounting/commodities.ts';
import type { CutMonth } from '../../core/domain/accounting/metered-lines.ts';
import { daysBetween, monthEnd, monthStart, type Window } from '../../core/domain/accounting/months.ts';
import type { Use } from '../../core/domain/accounting/uses.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { Registry } from '../../core/registry/registry.ts';
import { type Accounting, type Freshness, placeOf } from './accounting.ts';
import { checkPeriod, type Period, windowOf, yearsOf } from './periods.ts';
import type { Standing } from './span-book.ts';

export interface SourcesDeps {
  readonly accounting: Accounting;
  readonly registry: Pick<Registry, 'bills' | 'reports'>;
  readonly calendar: Calendar;
}

export interface Source {
  readonly kind: 'bill' | 'report' | 'point' | 'moved';
  /** Of the bill or report; `agent/point` of a point; empty of what moved. */
  readonly id: string;
  /** The supply account (户号) of a bill, and its number on the paper. */
  readonly account: string | null;
  readonly document: string | null;
  readonly commodity: Commodity;
  readonly use: Use;
  /** Of the whole bill or report, also beyond the period; of a point the stretch in which it counts, within the years asked about. Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Of a shared building; below 0: what moves to another use, or is taken away. 1 for bills and reports: their quantity is what counts. */
  readonly share: number;
  /** What falls into the period, by days, before the share. */
  readonly quantity: number | null;
  readonly amountCny: number | null;
}

export interface SourcesQuestion {
  readonly institution: string;
  readonly period: Period;
  readonly basis: Basis;
  readonly commodity?: Commodity | undefined;
}

/** Of the institution itself, by commodity and time. @throws JieyueError like `Accounting.figures` */
export async function sourcesOf(
  { accounting, registry, calendar }: SourcesDeps,
  { institution, period, basis, commodity }: SourcesQuestion,
): Promise<Freshness & { readonly sources: readonly Source[] }> {
  checkPeriod(period, calendar);
  const standing = await accounting.book(yearsOf(period, calendar));
  const place = placeOf(standing.book, institution);
  const wanted = (name: Commodity) => commodity === undefined || commodity === name;
  const sources: Source[] =
    basis === 'metered'
      ? pointsOf(standing, place, period, wanted)
      : await papersOf(
          registry,
          standing.census.statements.filter(
            (each) => each.basis === basis && each.institution === place && wanted(each.commodity),
          ),
          institution,
          period,
        );
  if (basis === 'billed') sources.push(...movesOf(standing, place, period, wanted, sources));
  sources.sort((a, b) => (a.commodity < b.commodity ? -1 : a.commodity > b.commodity ? 1 : a.from - b.from));
  const { asOf, checkedAt } = standing;
  return { asOf, checkedAt, sources };
}

/** Bills or reports, one a paper and use: the census holds each in pieces, cut to its years, holders and uses. */
async function papersOf(
  registry: SourcesDeps['registry'],
  statements: readonly Statement[],
  institution: string,
  period: Period,
): Promise<Source[]> {
  const touching = statements.filter(({ from, to }) => from < period.to && to > period.from);
  const accounts = [...new Set(touching.map(({ account }) => account).filter((account) => account !== ''))];
  const papers = new Map<string, { from: number; to: number; document: string | null }>();
  if (accounts.length > 0)
    for (const { id, from, to, document } of await registry.bills.list({ accounts, ...period }))
      papers.set(id, { from, to, document });
  if (touching.some(({ basis }) => basis === 'reported'))
    for (const { id, from, to } of await registry.reports.list({ institutions: [institution], ...period }))
      papers.set(id, { from, to, document: null });
  const found = new Map<string, Source>();
  for (const statement of touching) {
    const { basis, id, account, commodity, use } = statement;
    const inside = { from: Math.max(statement.from, period.from), to: Math.min(statement.to, period.to) };
    const part = daysBetween(inside.from, inside.to) / daysBetween(statement.from, statement.to);
    const partOf = (value: number) => (Number.isNaN(value) ? null : value * part);
    const key = `${id} ${commodity} ${use}`;
    const before = found.get(key);
    const { from, to, document } = papers.get(id) ?? { ...statement, document: null };
    found.set(key, {
      kind: basis === 'billed' ? 'bill' : 'report',
      id,
      account: account === '' ? null : account,
      document,
      commodity,
      use,
      from,
      to,
      share: 1,
      quantity: together(before?.quantity, partOf(statement.quantity)),
      amountCny: together(before?.amountCny, partOf(statement.amountCny)),
    });
  }
  return [...found.values()];
}

/** Less than this share of a quantity is rounding. */
const rounding = 1e-9;

/**
 * What sub-meters move from one use to another, of what bills say as a whole: below 0 where it leaves, above where it arrives, with its
 * money. A commodity's moves sum to 0, unless bills cover less than moves ask for.
 */
function movesOf(
  { book }: Standing,
  place: number,
  period: Period,
  wanted: (commodity: Commodity) => boolean,
  papers: readonly Source[],
): Source[] {
  const window = windowOf(book.months, period);
  const lines = book.lines.filter(
    (line) => line.basis === 'billed' && line.institution === place && wanted(line.commodity),
  );
  return lines.flatMap(({ commodity, use, quantity, amountCny }): Source[] => {
    const own = papers.filter((paper) => paper.commodity === commodity && paper.use === use);
    const moved = (column: Float64Array, said: (paper: Source) => number | null): number => {
      const counted = column.subarray(window.from, window.to).reduce((sum, value) => sum + (value || 0), 0);
      const written = own.reduce((sum, paper) => sum + (said(paper) ?? 0), 0);
      const left = counted - written;
      return Math.abs(left) > rounding * (Math.abs(counted) + Math.abs(written)) ? left : 0;
    };
    const [ofQuantity, ofAmount] = [
      moved(quantity, (paper) => paper.quantity),
      moved(amountCny, (paper) => paper.amountCny),
    ];
    if (ofQuantity === 0 && ofAmount === 0) return [];
    const nobody = { id: '', account: null, document: null, share: 1 } as const;
    return [
      { kind: 'moved', ...nobody, commodity, use, ...period, quantity: ofQuantity, amountCny: ofAmount },
    ];
  });
}

function pointsOf(
  standing: Standing,
  place: number,
  period: Period,
  wanted: (commodity: Commodity) => boolean,
): Source[] {
  const { census, book } = standing;
  const window = windowOf(book.months, period);
  const sources: Source[] = [];
  const parts = new Map(standing.partials.map((part) => [partKey(part), part.value]));
  for (const [series, { point, commodity, stretches }] of census.series.entries()) {
    if (!wanted(commodity)) continue;
    for (const { institution, use, share, from, to } of stretches) {
      if (institution !== place || from >= period.to || to <= period.from) continue;
      const quantity = sumOf(standing, series, parts, window, { from, to });
      const common = {
        kind: 'point',
        id: point,
        account: null,
        document: null,
        commodity,
        use,
        share,
      } as const;
      sources.push({ ...common, from, to, quantity, amountCny: null });
    }
  }
  return sources;
}

/** Of a month that the stretch cuts: its days as the store has them, as the book counts them; without, an even part. */
function sumOf(
  { book: { months }, metered }: Standing,
  series: number,
  parts: ReadonlyMap<string, number>,
  window: Window,
  stretch: Period,
): number | null {
  let sum: number | null = null;
  for (let month = window.from; month < window.to; month++) {
    const [start, end] = [monthStart(months, month), monthEnd(months, month)];
    const from = Math.max(start, stretch.from);
    const to = Math.min(end, stretch.to);
    if (from >= to) continue;
    const own = metered[series];
    const whole = own?.value[(own.first ?? 0) + month] ?? Number.NaN;
    const cut = from !== start || to !== end;
    const part = cut ? parts.get(partKey({ series, month, from, to })) : undefined;
    const value = part ?? (cut ? (whole * daysBetween(from, to)) / daysBetween(start, end) : whole);
    sum = together(sum, Number.isNaN(value) ? null : value);
  }
  return sum;
}

function partKey({ series, month, from, to }: CutMonth): string {
  return `${series} ${month} ${from} ${to}`;
}

/** `null`: nothing is known. */
function together(a: number | null | undefined, b: number | null): number | null {
  return a === null || a === undefined ? b : a + (b ?? 0);
}
