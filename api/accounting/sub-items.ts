// Electricity of an institution by kind of use (分项 A to D, A1 to D6): what sub-meters show of it, and what none of them counts.
import { subItems } from '../../core/domain/accounting/kpi/sub-items.ts';
import { defaultThreshold } from '../../core/domain/accounting/terms.ts';
import { type Item, itemNames } from '../../core/domain/energy/items.ts';
import type { SubItem } from '../../core/domain/energy/sub-items.ts';
import { itemOfSubItem, subItems as subItemTable } from '../../core/domain/energy/sub-items.ts';
import type { Institution, Registry } from '../../core/registry/registry.ts';
import { ConsumptionQuery, type ConsumptionStore } from '../queries/consumption.ts';
import type { Period } from './periods.ts';
import { aboveOf, coverageOf, knownSum, type SubMeter, type SubMeterDeps, subMeters } from './sub-meters.ts';

export interface SubItemDeps extends SubMeterDeps {
  readonly registry: Registry;
  readonly store: SubMeterDeps['store'] & ConsumptionStore;
}

export interface SubItemPart {
  /** `null`: of the kind of use, and not sorted further. */
  readonly subItem: SubItem | null;
  /** kWh; `null`: none of its meters is known. */
  readonly value: number | null;
}

export interface SubItemAnswer {
  readonly asOf: number;
  /** What the billing meters show, kWh; `null`: unknown. */
  readonly total: number | null;
  readonly totalCoverage: number | null;
  /** Of the sub-meters that are sorted. */
  readonly coverage: number;
  readonly items: readonly {
    readonly item: Item;
    readonly value: number | null;
    readonly parts: readonly SubItemPart[];
  }[];
  /**
   * Total less all items; below 0: sub-meters show more than the meters above. `null` where the total or a sorted meter is unknown, or
   * covered less than the threshold: months of one side would count as the rest of the other.
   */
  readonly rest: number | null;
}

/** @throws JieyueError like `subMeters`, and those of `ConsumptionQuery` */
export async function electricityBySubItem(
  deps: SubItemDeps,
  { institution, period }: { readonly institution: Institution; readonly period: Period },
): Promise<SubItemAnswer> {
  const { asOf, meters } = await subMeters(deps, { institution: institution.id, period });
  const { total } = await new ConsumptionQuery(deps).answer({
    of: { kind: 'institution', institution },
    carrier: 'electricity',
    bucket: 'month',
    ...period,
  });
  const sorted = meters.filter((meter) => codeOf(meter) !== null);
  const inputs = ownOf(sorted, meters).map(({ meter, quantity }) => ({
    code: codeOf(meter) ?? '',
    quantity,
  }));
  const totalCoverage =
    total.expectedMs > 0 ? (total.measuredMs + total.estimatedMs) / total.expectedMs : null;
  const comparable = [totalCoverage ?? 0, ...sorted.map((meter) => coverageOf([meter]))].every(
    (coverage) => coverage >= defaultThreshold - 1e-9,
  );
  const { byCode, rest } = subItems(inputs, total.value ?? Number.NaN);
  const items = itemNames.flatMap((item) => {
    const parts = [...byCode].sort(byCodeOrder).flatMap(([code, value]): SubItemPart[] => {
      const subItem = isSubItem(code) ? code : null;
      return (subItem === null ? code : itemOfSubItem(subItem)) === item ? [{ subItem, value }] : [];
    });
    const known = parts.flatMap(({ value }) => value ?? []);
    if (parts.length === 0) return [];
    return [{ item, parts, value: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) }];
  });
  return {
    asOf,
    total: total.value,
    totalCoverage,
    coverage: coverageOf(sorted),
    items,
    rest: comparable ? rest : null,
  };
}

/**
 * What a meter shows less what sorted meters below it show, month by month: they count for their own kind of use. Never below 0;
 * unknown in months in which the meter itself is.
 */
function ownOf(
  sorted: readonly SubMeter[],
  all: readonly SubMeter[],
): readonly { readonly meter: SubMeter; readonly quantity: number }[] {
  const above = aboveOf(all);
  const isSorted = new Set(sorted);
  const taken = new Map(sorted.map((meter) => [meter, new Float64Array(meter.values.length)]));
  for (const meter of sorted) {
    const seen = new Set([meter]);
    let over = above(meter);
    while (over !== undefined && !isSorted.has(over) && !seen.has(over)) {
      seen.add(over);
      over = above(over);
    }
    const sums = over && taken.get(over);
    if (sums === undefined || over === meter) continue;
    meter.values.forEach((value, month) => {
      if (!Number.isNaN(value)) sums[month] = (sums[month] ?? 0) + value;
    });
  }
  return sorted.map((meter) => {
    const own = meter.values.map((value, month) => Math.max(0, value - (taken.get(meter)?.[month] ?? 0)));
    return { meter, quantity: knownSum(own) };
  });
}

function codeOf({ item, subItem }: SubMeter): string | null {
  return subItem ?? item;
}

/** A1 to D6, then what is not sorted further. */
function byCodeOrder([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return Number(isSubItem(b)) - Number(isSubItem(a)) || a.localeCompare(b, 'en');
}

function isSubItem(code: string): code is SubItem {
  return Object.hasOwn(subItemTable, code);
}
