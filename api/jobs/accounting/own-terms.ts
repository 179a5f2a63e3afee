// Institutions by what their figures are under: the plan in force, their own or inherited, and the region of the grid. The same as
// `ownTerms` of the API's questions, for all institutions at once.
import { allPlans, type PlanRegistry } from '../../accounting/plan-facts.ts';
import { defaultPlan, named } from '../../accounting/terms.ts';

export interface TermsGroup {
  readonly terms: { readonly plan: string; readonly gridRegion: string | undefined };
  readonly institutions: ReadonlySet<string>;
}

export async function termsGroups(
  registry: PlanRegistry,
  institutions: readonly string[],
  at: number,
): Promise<readonly TermsGroup[]> {
  const facts = await allPlans(registry, at);
  const definitions = await Promise.all(facts.plans.map((id) => named(registry.definitions, 'plan', id)));
  const plans = new Map(definitions.map(({ id, value }) => [id, value]));
  const groups = new Map<string, { terms: TermsGroup['terms']; institutions: Set<string> }>();
  for (const id of institutions) {
    const plan = facts.targetsOf(id, plans)?.plan ?? defaultPlan;
    const gridRegion = facts.regionOf(id);
    const key = `${plan} ${gridRegion ?? ''}`;
    const group = groups.get(key) ?? { terms: { plan, gridRegion }, institutions: new Set() };
    groups.set(key, group);
    group.institutions.add(id);
  }
  return [...groups.values()];
}
