// Quotas of a year as series: the level each institution has reached, the way to the next one, last year's value. The same places as
// `quotaPlace`, by columns.
import { setImmediate as breathe } from 'node:timers/promises';
import type { QuotaSet } from '../../../core/domain/accounting/definitions.ts';
import { type FigureTable, figureTable } from '../../../core/domain/accounting/figures.ts';
import type { Indicator } from '../../../core/domain/accounting/indicators.ts';
import type { Named } from '../../../core/domain/accounting/terms.ts';
import type { BoardRow } from '../../../core/domain/board-series.ts';
import { type ApplicableQuota, applicableQuotas } from '../../../core/domain/quota/applicable.ts';
import { type PlaceState, placeAmongLevels } from '../../../core/domain/quota/place.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import type { JobRun } from '../../../core/runtime/scheduler.ts';
import { wholeYear } from '../../accounting/periods.ts';
import { yearSoFar } from '../../accounting/plan-months.ts';
import { named } from '../../accounting/terms.ts';
import { ChangedRows, type ChangedRowsRun } from './changed-rows.ts';
import type { AccountingJobDeps, YearSpan } from './deps.ts';
import { changeOf, knownNumber, orZero } from './known.ts';
import { type TermsGroup, termsGroups } from './own-terms.ts';
import { type Institutions, readInstitutions, type ShownWords } from './shown-words.ts';

export class QuotaJob {
  readonly #deps: AccountingJobDeps;
  readonly #changed = new ChangedRows();

  constructor(deps: AccountingJobDeps) {
    this.#deps = deps;
  }

  /** @throws JobEnded; what store, registry and accounting throw */
  async write(run: JobRun, years: YearSpan): Promise<void> {
    const { registry, calendar, log } = this.#deps;
    const institutions = await readInstitutions(registry, run.startedAt);
    const out = this.#changed.begin(this.#deps, run, institutions.ids.length * 2);
    for (let year = years.last; year >= years.first; year--) {
      await run.mayGoOn();
      const at = wholeYear(year, calendar).to - 1;
      const sets = await setsInForce(registry, institutions.ids, at);
      const groups = await termsGroups(registry, [...sets.keys()], at);
      for (const id of new Set(sets.values())) {
        const set = await named(registry.definitions, 'quota', id);
        for (const group of groups) await this.#writeSet(out, { set, sets, group, year, institutions });
      }
    }
    await out.end();
    log.debug({ written: out.written }, 'quotas of boards');
  }

  async #writeSet(out: ChangedRowsRun, { set, sets, group, year, institutions }: Written): Promise<void> {
    const { accounting, calendar } = this.#deps;
    const ids = new Set([...group.institutions].filter((id) => sets.get(id) === set.id));
    if (ids.size === 0) return;
    const { from: start, to } = wholeYear(year, calendar);
    const { boundary, coefficients } = set.value;
    const opened = await accounting.open({
      indicators: [],
      period: { from: wholeYear(year - 1, calendar).from, to },
      terms: { ...group.terms, boundary, coefficients, basis: 'metered' },
    });
    const { book } = opened.totals;
    const window = yearSoFar(book.months, year, book.asOf);
    const before = { from: window.from - 12, to: window.to - 12 };
    const tables = new Map<Indicator, Tables>();
    for (const indicator of new Set(set.value.rows.map((row) => row.indicator))) {
      const now = figureTable(opened.totals, indicator, window);
      await breathe();
      tables.set(indicator, { now, before: figureTable(opened.totals, indicator, before) });
      await breathe();
    }
    for (const [place, subject] of book.institutions.entries()) {
      if (!ids.has(subject.id)) continue;
      const words = institutions.of(subject.id, subject.name);
      for (const quota of applicableQuotas(set.value, subject)) {
        const of = tables.get(quota.indicator);
        if (of === undefined) continue;
        const running = opened.asOf < to;
        await out.row(rowOf({ set, quota, tables: of, place, id: subject.id, words, year, start, running }));
      }
    }
  }
}

interface Written {
  readonly set: Named<QuotaSet>;
  /** Institution → the set in force. */
  readonly sets: ReadonlyMap<string, string>;
  readonly group: TermsGroup;
  readonly year: number;
  readonly institutions: Institutions;
}

interface Tables {
  readonly now: FigureTable;
  readonly before: FigureTable;
}

interface Placed {
  readonly set: Named<QuotaSet>;
  readonly quota: ApplicableQuota;
  readonly tables: Tables;
  readonly place: number;
  readonly id: string;
  readonly words: ShownWords;
  readonly year: number;
  readonly start: number;
  readonly running: boolean;
}

const codes: Readonly<Record<PlaceState, number>> = {
  'within-strictest': 2,
  between: 1,
  'over-mildest': 0,
  'not-known': 0,
};

function rowOf({ set, quota, tables, place: one, id, words, year, start, running }: Placed): BoardRow {
  const { now, before } = tables;
  const value = now.value[one] ?? Number.NaN;
  const lastYear = before.value[one] ?? Number.NaN;
  const per = now.denominator[one] ?? Number.NaN;
  // A part of a year is not held against a limit of whole years.
  const whole = running || Number.isNaN(value) ? null : value;
  const place = placeAmongLevels(whole, quota.limits, Number.isNaN(per) ? 1 : per);
  const { levels } = set.value;
  const level = (number: number | null) => (number === null ? undefined : levels[number]);
  const [reached, next] = [level(place.reached), level(place.next)];
  const distance = place.next === null ? undefined : place.levels[place.next];
  return {
    measurement: 'quotas',
    tags: { institution: id, indicator: quota.indicator },
    ts: start,
    fields: {
      set_zh: set.value.name['zh-CN'],
      set_en: set.value.name.en,
      ...knownNumber('value', value),
      ...knownNumber('last_year', lastYear),
      ...knownNumber('change', changeOf(value, lastYear)),
      known: place.state === 'not-known' ? 0 : 1,
      state: place.state,
      state_code: codes[place.state],
      reached_zh: reached?.['zh-CN'] ?? '',
      reached_en: reached?.en ?? '',
      next_zh: next?.['zh-CN'] ?? '',
      next_en: next?.en ?? '',
      limit_mildest: orZero(quota.limits[0]),
      limit_strictest: orZero(quota.limits.at(-1)),
      limits_known: quota.limits.length > 0 ? 1 : 0,
      next_limit: orZero(distance?.limit),
      distance: orZero(distance?.distance),
      to_go: orZero(distance?.toGo),
      next_known: distance === undefined ? 0 : 1,
      fit: quota.fit,
      period: String(year),
      ...words,
    },
  };
}

/** The set that each institution names, or the nearest one above it; `null` there: none from here down. */
async function setsInForce(
  registry: Pick<Registry, 'facts'>,
  institutions: readonly string[],
  at: number,
): Promise<ReadonlyMap<string, string>> {
  const quota = await registry.facts.allAt('quota', at);
  const parent = await registry.facts.allAt('parent', at);
  const found = new Map<string, string>();
  for (const institution of institutions) {
    const seen = new Set<string>();
    for (let id: unknown = institution; typeof id === 'string' && !seen.has(id); ) {
      seen.add(id);
      const said = quota.get(id);
      if (said !== undefined) {
        if (typeof said.value === 'string') found.set(institution, said.value);
        break;
      }
      id = parent.get(id)?.value;
    }
  }
  return found;
}
