// How far back accounts are written: to the base year of the oldest plan in force somewhere, ten years at most.

import type { Calendar } from '../../../core/domain/time.ts';
import type { Registry } from '../../../core/registry/registry.ts';
import { monthOf, startOfMonth } from '../../accounting/periods.ts';
import { allPlans } from '../../accounting/plan-facts.ts';
import { named } from '../../accounting/terms.ts';

/** A book holds twelve years, of which two are those before the first one written. */
const mostYears = 9;

export async function oldestYear(
  {
    registry,
    calendar,
  }: { readonly registry: Pick<Registry, 'facts' | 'definitions'>; readonly calendar: Calendar },
  at: number,
): Promise<number> {
  const { year } = monthOf(at, calendar);
  let oldest = year - 1;
  for (let each = year; each > oldest - 1 && each > year - mostYears; each--) {
    const { plans } = await allPlans(registry, startOfMonth(each + 1, 1, calendar) - 1);
    for (const id of plans) {
      const { value } = await named(registry.definitions, 'plan', id);
      oldest = Math.min(oldest, value.baseYear);
    }
  }
  return Math.max(oldest, year - mostYears);
}
