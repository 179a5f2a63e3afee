// Where the city and its institutions stand in the plan that ended last: the four figures with their progress, for the screen.
import { type PlanDeps, planProgress } from '../../api/accounting/plan-progress.ts';
import { asTree } from '../../api/routes/organisation.ts';
import { indicatorEntry, planIndicators } from '../../core/domain/accounting/indicators.ts';
import type { LineState } from '../../core/domain/plan/line.ts';
import type { Language } from '../../core/domain/texts.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { PlanTable } from '../screen.ts';

export type PlanIndicator = (typeof planIndicators)[number];

export interface PlanCell {
  readonly indicator: PlanIndicator;
  /** Of the year, in the indicator's unit; `null`: not known, or withheld for its coverage. */
  readonly value: number | null;
  /** Value ÷ that of the base year − 1. */
  readonly change: number | null;
  /** Reduction achieved ÷ reduction due. */
  readonly progress: number | null;
  readonly state: LineState;
}

export interface PlanRow {
  readonly id: string;
  readonly name: string;
  readonly depth: number;
  /** In the order of `planIndicators`. */
  readonly cells: readonly PlanCell[];
}

/** As the screen shows it: the plan of the top institution, those that have its four indicators below. `null`: no plan holds. */
export async function planTable(
  deps: PlanDeps & { readonly registry: Pick<Registry, 'institutions'> },
  year: number,
  language: Language,
): Promise<PlanTable | null> {
  const rows = await planFigures(deps, year);
  const top = rows.find(({ depth }) => depth === 0);
  const progress = top && (await planProgress(deps, { institution: top.id, year }));
  if (progress === undefined) return null;
  const { plan, targets } = progress.inForce;
  return {
    name: plan.value.name[language],
    year,
    baseYear: plan.value.baseYear,
    columns: planIndicators.map((indicator) => {
      const { zh, en } = indicatorEntry(indicator);
      return {
        title: language === 'en' ? en : zh,
        target: targets.targets.find((each) => each.indicator === indicator)?.change ?? Number.NaN,
      };
    }),
    rows: rows.filter(({ cells }) => cells.length === planIndicators.length),
  };
}

/** @returns the tree from the top down; institutions under no plan at the year's end are left out */
export async function planFigures(
  deps: PlanDeps & { readonly registry: Pick<Registry, 'institutions'> },
  year: number,
): Promise<PlanRow[]> {
  const { registry, calendar } = deps;
  const end = calendar.parse(`${year + 1}-01-01`) ?? 0;
  const institutions = await registry.institutions.list(end - 1);
  const rows: PlanRow[] = [];
  for (const { id, name, depth } of asTree(institutions)) {
    const progress = await planProgress(deps, { institution: id, year });
    const cells = planIndicators.flatMap((indicator): PlanCell[] => {
      const found = progress?.indicators.find(({ target }) => target.indicator === indicator);
      if (found === undefined) return [];
      const { change, progress: share, state } = found.place;
      return [{ indicator, value: found.figure.value, change, progress: share, state }];
    });
    if (cells.length > 0) rows.push({ id, name, depth, cells });
  }
  return rows;
}
