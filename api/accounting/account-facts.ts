// What the facts of a supply account say of a month to its tariff, and where they cut it.
import type { AccountMonth } from '../../core/domain/tariff/cost-lines.ts';
import type { BasicCharge, monthlyAttributes } from '../../core/registry/attributes/account.ts';
import type { Fact } from '../../core/registry/registry.ts';
import type { Stretch } from '../../core/registry/stretches.ts';

/** Facts that the month is cut at. */
const cutting = ['tariff', 'open', 'capacityKva', 'demandKw', 'basicBy', 'chargedM2', 'tierQuota'] as const;

export function factsAt(facts: readonly Fact[], at: number): AccountMonth {
  const number = (attribute: string) => {
    const value = valueAt(facts, attribute, at);
    return typeof value === 'number' ? value : undefined;
  };
  return {
    basicBy: (valueAt(facts, 'basicBy', at) as BasicCharge | null | undefined) ?? undefined,
    capacityKva: number('capacityKva'),
    contractedKw: number('demandKw'),
    areaM2: number('chargedM2'),
    quota: number('tierQuota'),
  };
}

/** A demand or reactive energy is of the month in which it begins to hold, for all of it; of several the last. */
export function ofMonth(
  facts: readonly Fact[],
  { from, to }: Stretch,
): Pick<AccountMonth, 'maxDemandKw' | 'reactiveKvarh'> {
  const said = (attribute: (typeof monthlyAttributes)[number]) => {
    const begun = facts.filter(
      (fact) => fact.attribute === attribute && fact.validFrom >= from && fact.validFrom < to,
    );
    const value = begun.reduce<Fact | undefined>(
      (last, fact) => (last === undefined || fact.validFrom > last.validFrom ? fact : last),
      undefined,
    )?.value;
    return typeof value === 'number' ? value : undefined;
  };
  return { maxDemandKw: said('maximumDemandKw'), reactiveKvarh: said('reactiveKvarh') };
}

export function valueAt(facts: readonly Fact[], attribute: string, at: number): unknown {
  return facts.find(
    (fact) =>
      fact.attribute === attribute && fact.validFrom <= at && (fact.validTo === null || fact.validTo > at),
  )?.value;
}

/** The account's open time in a span, cut where a fact changes that a tariff asks for. */
export function openStretches(facts: readonly Fact[], { from, to }: Stretch): Stretch[] {
  const edges = new Set([from, to]);
  for (const { attribute, validFrom, validTo } of facts) {
    if (attribute !== 'number' && !cutting.some((name) => name === attribute)) continue;
    for (const edge of [validFrom, validTo ?? to]) if (edge > from && edge < to) edges.add(edge);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(1).flatMap((end, index) => {
    const start = sorted[index] ?? from;
    const there = valueAt(facts, 'number', start) !== undefined && valueAt(facts, 'open', start) !== false;
    return there ? [{ from: start, to: end }] : [];
  });
}
