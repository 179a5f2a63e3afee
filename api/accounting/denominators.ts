// What stands below the line of a figure, down to the facts: whose people or area, of which components, since when, recorded by whom.
import type { DenominatorPart, Explanation } from '../../core/domain/accounting/explain.ts';
import { indicatorEntry } from '../../core/domain/accounting/indicators.ts';
import type { DenominatorFact, Registry } from '../../core/registry/registry.ts';

export interface Denominator extends DenominatorPart {
  /** Of the institution, and of its buildings where it says no area of itself; those that hold somewhere in the period. */
  readonly facts: readonly DenominatorFact[];
}

/** In the order of the explanation; empty for totals. */
export async function denominatorsWithFacts(
  registry: Pick<Registry, 'facts'>,
  { figure: { indicator, from, to }, denominators }: Explanation,
): Promise<readonly Denominator[]> {
  const { per } = indicatorEntry(indicator);
  if (per === undefined || denominators.length === 0) return [];
  const ids = denominators.map(({ institution }) => institution);
  const facts = new Map<string, DenominatorFact[]>();
  for (const fact of await registry.facts.behind(per, ids, from, to)) {
    const list = facts.get(fact.institution);
    if (list === undefined) facts.set(fact.institution, [fact]);
    else list.push(fact);
  }
  return denominators.map((part) => ({ ...part, facts: facts.get(part.institution) ?? [] }));
}
