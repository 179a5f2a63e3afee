// Facts of the city in its own calendar: what was true before its first day holds from that day on.
import type { CityFact } from '../../simulators/accounts/types.ts';
import type { City } from '../../simulators/city/city.ts';

export interface DatedFact extends Pick<CityFact, 'of' | 'attribute' | 'value'> {
  /** Local midnights, epoch ms. */
  readonly from: number;
  /** `null`: until the next, or for good. */
  readonly to: number | null;
}

/** Of each attribute of an entity, the last one that began before the first day, and all later ones. */
export function datedFrom(facts: readonly CityFact[], city: City): DatedFact[] {
  const { calendar } = city.days;
  const found = new Map<string, DatedFact>();
  const dated = facts
    .map((fact) => ({
      ...fact,
      from: calendar.parse(fact.from) ?? city.from,
      to: fact.to === undefined ? null : (calendar.parse(fact.to) ?? null),
    }))
    .sort((a, b) => a.from - b.from);
  for (const { of, attribute, value, from, to } of dated) {
    if (to !== null && to <= city.from) continue;
    const begins = Math.max(city.from, from);
    found.set(`${of.kind} ${of.id} ${attribute} ${begins}`, { of, attribute, value, from: begins, to });
  }
  return [...found.values()];
}
