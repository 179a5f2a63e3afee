// PUE of data centres: by building, what its meters marked `facility` show over what those marked `it` show; by month and over all.
import { grouped } from '../../core/domain/accounting/grouped.ts';
import { type Pue, pue } from '../../core/domain/accounting/kpi/pue.ts';
import { defaultThreshold } from '../../core/domain/accounting/terms.ts';
import type { Period } from './periods.ts';
import { aboveOf, coverageOf, type SubMeter, type SubMeterDeps, subMeters } from './sub-meters.ts';

export interface DataCentre {
  readonly building: string;
  readonly facilityPoints: readonly string[];
  readonly itPoints: readonly string[];
  readonly whole: Pue;
  readonly months: readonly { readonly from: number; readonly pue: Pue }[];
}

/** @throws JieyueError like `subMeters` */
export async function dataCentres(
  deps: SubMeterDeps,
  question: {
    readonly institution: string;
    readonly period: Period;
    readonly threshold?: number | undefined;
  },
): Promise<{ readonly asOf: number; readonly centres: readonly DataCentre[] }> {
  const { threshold = defaultThreshold } = question;
  const { asOf, starts, meters } = await subMeters(deps, question);
  const marked = meters.filter((meter) => meter.pue !== null);
  const byBuilding = grouped(topmost(marked, meters), ({ building }) => building);
  const passed = starts.flatMap((start, month) => (start < asOf ? [month] : []));
  const centres = [...byBuilding].map(([building, all]): DataCentre => {
    const facility = all.filter((meter) => meter.pue === 'facility');
    const it = all.filter((meter) => meter.pue === 'it');
    const over = (months: readonly number[]) => {
      const both = months.filter((month) => isKnown(facility, month) && isKnown(it, month));
      const side = (some: readonly SubMeter[]) => ({
        quantity: sumOf(some, both),
        coverage: coverageOf(some, months),
      });
      return pue(side(facility), side(it), threshold);
    };
    return {
      building,
      facilityPoints: [...new Set(facility.map(({ point }) => point))],
      itPoints: [...new Set(it.map(({ point }) => point))],
      whole: over(passed),
      months: passed.map((month) => ({ from: starts[month] ?? 0, pue: over([month]) })),
    };
  });
  return { asOf, centres };
}

/** One that hangs below another of the same mark is a part of that one. */
function topmost(marked: readonly SubMeter[], all: readonly SubMeter[]): readonly SubMeter[] {
  const above = aboveOf(all);
  return marked.filter((meter) => {
    const seen = new Set([meter]);
    for (let over = above(meter); over !== undefined && !seen.has(over); over = above(over)) {
      if (over.pue === meter.pue) return false;
      seen.add(over);
    }
    return true;
  });
}

/** Where less is missing of a month, it counts as known in full. */
const unknownShare = 0.01;

/** A ratio is of the months in which all meters of both sides are known in full: half a month of one side would bend it. Coverage is of all months. */
function isKnown(meters: readonly SubMeter[], month: number): boolean {
  const there = meters.filter(({ expectedMs }) => (expectedMs[month] ?? 0) > 0);
  return (
    there.length > 0 &&
    there.every(({ values, coveredMs, expectedMs }) => {
      const expected = expectedMs[month] ?? 0;
      const covered = coveredMs[month] ?? 0;
      return !Number.isNaN(values[month] ?? Number.NaN) && covered >= expected * (1 - unknownShare);
    })
  );
}

function sumOf(meters: readonly SubMeter[], months: readonly number[]): number {
  let sum = months.length === 0 ? Number.NaN : 0;
  for (const { values, expectedMs } of meters)
    for (const month of months) if ((expectedMs[month] ?? 0) > 0) sum += values[month] ?? Number.NaN;
  return sum;
}
