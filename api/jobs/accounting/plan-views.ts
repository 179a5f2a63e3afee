// The ranking of a year with the totals it was made of: institutions that stand under the same plan and the same region together.
import type { Plan } from '../../../core/domain/accounting/definitions.ts';
import { wholeYear } from '../../accounting/periods.ts';
import { allPlans } from '../../accounting/plan-facts.ts';
import { type PlanRanking, planRanking, type RankedInstitution } from '../../accounting/plan-ranking.ts';
import { type RestatedView, restatedView } from '../../accounting/restated-view.ts';
import { named } from '../../accounting/terms.ts';
import type { AccountingJobDeps } from './deps.ts';

export interface PlanView {
  readonly plan: Plan;
  readonly view: RestatedView;
  /** The year is not over. */
  readonly running: boolean;
  readonly members: readonly RankedInstitution[];
}

export async function planViews(
  { accounting, registry, calendar }: AccountingJobDeps,
  year: number,
): Promise<{ readonly ranking: PlanRanking; readonly views: readonly PlanView[] }> {
  const ranking = await planRanking({ accounting, registry, calendar }, { year });
  const { to } = wholeYear(year, calendar);
  const { regionOf } = await allPlans(registry, to - 1);
  const groups = new Map<
    string,
    { plan: string; region: string | undefined; members: RankedInstitution[] }
  >();
  for (const member of ranking.institutions) {
    const region = regionOf(member.institution);
    const key = `${member.plan} ${region ?? ''}`;
    const group = groups.get(key) ?? { plan: member.plan, region, members: [] };
    groups.set(key, group);
    group.members.push(member);
  }
  const views: PlanView[] = [];
  for (const { plan: id, region: gridRegion, members } of groups.values()) {
    const { value: plan } = await named(registry.definitions, 'plan', id);
    const period = { from: wholeYear(plan.baseYear, calendar).from, to };
    const opened = await accounting.open({ indicators: [], period, terms: { plan: id, gridRegion } });
    const view = await restatedView(opened, registry, plan.baseYear);
    views.push({ plan, view, running: opened.asOf < to, members });
  }
  return { ranking, views };
}
