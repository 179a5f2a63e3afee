// Figures of every institution by month, by twelve months, and by year, each beside the same a year before. By columns: what is
// computed of one window is computed of all institutions at once.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Basis } from '../../../core/domain/accounting/bases.ts';
import { type FigureTable, figureTable } from '../../../core/domain/accounting/figures.ts';
import type { Indicator } from '../../../core/domain/accounting/indicators.ts';
import { monthStart, type Window, windowOfYear } from '../../../core/domain/accounting/months.ts';
import type { Totals } from '../../../core/domain/accounting/totals.ts';
import type { BoardRow } from '../../../core/domain/board-series.ts';
import {
  boardBases,
  boardIndicators,
  type IndicatorBucket,
} from '../../../core/domain/board-series-accounts.ts';
import type { JobRun } from '../../../core/runtime/scheduler.ts';
import { wholeYear } from '../../accounting/periods.ts';
import { monthsOver } from '../../accounting/plan-months.ts';
import { ChangedRows, type ChangedRowsRun } from './changed-rows.ts';
import type { AccountingJobDeps, YearSpan } from './deps.ts';
import { changeOf, knownNumber } from './known.ts';
import { type TermsGroup, termsGroups } from './own-terms.ts';
import { readInstitutions } from './shown-words.ts';

/** Years before the first one written: of its first twelve months, and of those a year before. */
const yearsBefore = 2;

export class IndicatorJob {
  readonly #deps: AccountingJobDeps;
  readonly #changed = new ChangedRows();
  #written: WrittenBefore | undefined;

  constructor(deps: AccountingJobDeps) {
    this.#deps = deps;
  }

  /** Months of these years that are over, and the years. @throws JobEnded; what store, registry and accounting throw */
  async write(run: JobRun, years: YearSpan): Promise<void> {
    const { accounting, registry, calendar, log } = this.#deps;
    const institutions = await readInstitutions(registry, run.startedAt);
    const period = {
      from: wholeYear(years.first - yearsBefore, calendar).from,
      to: wholeYear(years.last, calendar).to,
    };
    const groups = await termsGroups(registry, institutions.ids, run.startedAt);
    const series = institutions.ids.length * boardIndicators.length * boardBases.length;
    const out = this.#changed.begin(this.#deps, run, series);
    const written = await this.#writtenBefore(run);
    for (const { terms, institutions: members } of groups) {
      for (const basis of boardBases) {
        const { totals } = await accounting.open({ indicators: [], period, terms: { ...terms, basis } });
        for (const indicator of boardIndicators) {
          await run.mayGoOn();
          const tables = await tablesOf(totals, indicator, years);
          await this.#writeIndicator(out, { totals, indicator, basis, tables, members, written });
        }
      }
    }
    await out.end();
    log.debug({ written: out.written, groups: groups.length }, 'figures of boards');
  }

  async #writeIndicator(out: ChangedRowsRun, of: Written): Promise<void> {
    const { totals, indicator, basis, tables, members, written } = of;
    for (const [place, { id }] of totals.book.institutions.entries()) {
      if (!members.has(id)) continue;
      const series = `${id} ${indicator} ${basis}`;
      for (const year of tables) {
        const numbers = numbersOf(year, place);
        // Where something stood once, and nothing is known any more, the rows must say so.
        const key = `${series} ${year.start}`;
        if (!written.series.has(series) && !written.years.has(key) && !saysAnything(numbers)) continue;
        written.years.add(key);
        const make = () => rowsOf(year, { institution: id, indicator, basis }, numbers);
        await out.rows(series, year.start, numbers, '', make);
      }
    }
  }

  /** Where it is not known from this process, every series that has rows may have them in any year. */
  async #writtenBefore({ undisturbed }: JobRun): Promise<WrittenBefore> {
    if (undisturbed && this.#written !== undefined) return this.#written;
    const series = new Set<string>();
    for (const [index, tags] of (await this.#deps.boards.keys('indicators')).entries()) {
      if (index % keysAtOnce === 0) await breathe();
      series.add(`${tags['institution']} ${tags['indicator']} ${tags['basis']}`);
    }
    this.#written = { series, years: new Set() };
    return this.#written;
  }
}

interface WrittenBefore {
  readonly series: ReadonlySet<string>;
  /** Series with the beginning of a year; those that are written are added. */
  readonly years: Set<string>;
}

const keysAtOnce = 2_000;

interface Written {
  readonly totals: Totals;
  readonly indicator: Indicator;
  readonly basis: Basis;
  readonly tables: readonly YearTables[];
  readonly members: TermsGroup['institutions'];
  readonly written: WrittenBefore;
}

/** One row of every institution to be. */
interface Cell {
  readonly bucket: IndicatorBucket;
  readonly ts: number;
  readonly period: string;
  readonly now: FigureTable;
  /** `undefined`: before the book. */
  readonly before: FigureTable | undefined;
}

interface YearTables {
  readonly start: number;
  readonly cells: readonly Cell[];
}

/** Of each year, its months that are over; each window is computed once, and others are served in between. */
async function tablesOf(
  totals: Totals,
  indicator: Indicator,
  { first, last }: YearSpan,
): Promise<readonly YearTables[]> {
  const { months, asOf } = totals.book;
  const known = new Map<string, FigureTable>();
  const table = async (window: Window): Promise<FigureTable | undefined> => {
    if (window.from < 0) return undefined;
    const key = `${window.from} ${window.to}`;
    const found = known.get(key) ?? figureTable(totals, indicator, window);
    if (!known.has(key)) await breathe();
    known.set(key, found);
    return found;
  };
  const years: YearTables[] = [];
  for (let year = first; year <= last; year++) {
    const { from } = windowOfYear(months, year);
    const over = monthsOver(months, year, asOf);
    const cells: Cell[] = [];
    const add = async (bucket: IndicatorBucket, at: number, period: string, window: Window) => {
      const before = await table({ from: window.from - 12, to: window.to - 12 });
      const now = await table(window);
      if (now !== undefined) cells.push({ bucket, ts: monthStart(months, at), period, now, before });
    };
    for (let month = from; month < from + over; month++) {
      const period = `${year}-${String(month - from + 1).padStart(2, '0')}`;
      await add('month', month, period, { from: month, to: month + 1 });
      await add('twelve', month, period, { from: month - 11, to: month + 1 });
    }
    if (over > 0) await add('year', from, String(year), { from, to: from + over });
    years.push({ start: monthStart(months, from), cells });
  }
  return years;
}

const numbersPerCell = 4;

/** Value, last year's, coverage, provisional; NaN: not known. */
function numbersOf({ cells }: YearTables, place: number): Float64Array {
  const numbers = new Float64Array(cells.length * numbersPerCell);
  for (const [index, { now, before }] of cells.entries()) {
    const at = index * numbersPerCell;
    numbers[at] = now.value[place] ?? Number.NaN;
    numbers[at + 1] = before?.value[place] ?? Number.NaN;
    numbers[at + 2] = (now.measured[place] ?? 0) + (now.estimated[place] ?? 0);
    numbers[at + 3] = now.provisional[place] ?? 0;
  }
  return numbers;
}

function saysAnything(numbers: Float64Array): boolean {
  for (let at = 0; at < numbers.length; at += numbersPerCell)
    if (!Number.isNaN(numbers[at]) || !Number.isNaN(numbers[at + 1]) || (numbers[at + 2] ?? 0) > 0)
      return true;
  return false;
}

function* rowsOf(
  { cells }: YearTables,
  tags: { readonly institution: string; readonly indicator: Indicator; readonly basis: Basis },
  numbers: Float64Array,
): Generator<BoardRow> {
  for (const [index, { bucket, ts, period }] of cells.entries()) {
    const at = index * numbersPerCell;
    const [value, lastYear] = [numbers[at], numbers[at + 1]];
    const { value: shown, value_known: known } = knownNumber('value', value);
    yield {
      measurement: 'indicators',
      tags: { ...tags, bucket },
      ts,
      fields: {
        value: shown,
        known,
        ...knownNumber('last_year', lastYear),
        ...knownNumber('change', changeOf(value, lastYear)),
        coverage: numbers[at + 2] ?? 0,
        provisional: numbers[at + 3] ?? 0,
        period,
      },
    };
  }
}
