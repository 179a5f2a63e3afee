// Plans of a year as series: where every institution stands, its rank, its outlook, its part of the gap above it, its years beside
// the line, and its year by sector. The same numbers as `planProgress`, from tables: a question an institution would take 32 ms each.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Indicator } from '../../../core/domain/accounting/indicators.ts';
import type { JobRun } from '../../../core/runtime/scheduler.ts';
import { wholeYear } from '../../accounting/periods.ts';
import type { PlanRanking } from '../../accounting/plan-ranking.ts';
import { ChangedRows, type ChangedRowsRun } from './changed-rows.ts';
import type { AccountingJobDeps, YearSpan } from './deps.ts';
import { contributionsTo, standingBelow } from './plan-gaps.ts';
import { planRows } from './plan-rows.ts';
import { PlanTables } from './plan-tables.ts';
import { type PlanView, planViews } from './plan-views.ts';
import { SectorRows } from './sector-rows.ts';
import { type Institutions, readInstitutions } from './shown-words.ts';

/** Rows of institutions between two breaths. */
const institutionsAtOnce = 20;

export class PlanJob {
  readonly #deps: AccountingJobDeps;
  readonly #changed = new ChangedRows();

  constructor(deps: AccountingJobDeps) {
    this.#deps = deps;
  }

  /** @throws JobEnded; what store, registry and accounting throw */
  async write(run: JobRun, years: YearSpan): Promise<void> {
    const { registry, log } = this.#deps;
    const institutions = await readInstitutions(registry, run.startedAt);
    const out = this.#changed.begin(this.#deps, run, institutions.ids.length * 40);
    for (let year = years.last; year >= years.first; year--) {
      await run.mayGoOn();
      const { ranking, views } = await planViews(this.#deps, year);
      await breathe();
      const siblings = rankedBySiblings(ranking);
      for (const view of views) await this.#writeView(out, { view, ranking, siblings, institutions });
    }
    await out.end();
    log.debug({ written: out.written }, 'plans of boards');
  }

  async #writeView(out: ChangedRowsRun, { view, ranking, siblings, institutions }: Written): Promise<void> {
    const { calendar } = this.#deps;
    const { year, through } = ranking;
    const { book } = view.view.totals;
    const places = new Map(book.institutions.map(({ id }, place) => [id, place]));
    const contributions = await this.#contributions(view, ranking, places);
    const tables = new Map<Indicator, PlanTables>();
    const sectors = new Map<Indicator, SectorRows>();
    const startOf = (each: number) => wholeYear(each, calendar).from;
    let written = 0;
    for (const { institution, parent, plan, indicators } of view.members) {
      const place = places.get(institution);
      if (place === undefined) continue;
      if (++written % institutionsAtOnce === 0) await breathe();
      for (const ranked of indicators) {
        const { indicator } = ranked;
        const known = tables.get(indicator) ?? new PlanTables(view.view.totals, indicator);
        tables.set(indicator, known);
        const rows = planRows({
          institution,
          place,
          planId: plan,
          plan: view.plan,
          year,
          running: view.running,
          through,
          ranked,
          rankedSiblings: siblings.get(`${indicator} ${parent ?? ''}`) ?? 0,
          contribution: contributions.get(`${indicator} ${institution}`) ?? null,
          tables: known,
          startOf,
          words: institutions.of(institution, book.institutions[place]?.name),
        });
        for (const row of rows) await out.row(row);
        const bySector = sectors.get(indicator) ?? new SectorRows(view.view.totals, indicator);
        sectors.set(indicator, bySector);
        for (const row of bySector.of(place, institution, year, startOf(year))) await out.row(row);
      }
    }
  }

  /** By indicator and institution: its part of the gap of whoever is above it. */
  async #contributions(
    view: PlanView,
    { year }: PlanRanking,
    places: ReadonlyMap<string, number>,
  ): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    const below = standingBelow(view);
    for (const { institution, indicators } of view.members) {
      const top = places.get(institution) ?? -1;
      const parts = below.get(top);
      if (parts === undefined || top < 0) continue;
      const ids = new Set(parts.map((place) => view.view.totals.book.institutions[place]?.id));
      for (const ranked of indicators) {
        for (const [id, part] of contributionsTo(view, ranked, year, top, parts))
          if (ids.has(id)) found.set(`${ranked.indicator} ${id}`, part);
        await breathe();
      }
    }
    return found;
  }
}

interface Written {
  readonly view: PlanView;
  readonly ranking: PlanRanking;
  readonly siblings: ReadonlyMap<string, number>;
  readonly institutions: Institutions;
}

/** By indicator and parent: how many have a rank. */
function rankedBySiblings({ institutions }: PlanRanking): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { parent, indicators } of institutions) {
    for (const { indicator, rank } of indicators) {
      if (rank === null) continue;
      const key = `${indicator} ${parent ?? ''}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}
