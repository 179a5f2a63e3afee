// What meters of electricity showed over whole months, of all points of an institution's tree at once: for kinds of use (分项) and PUE.
import { grouped } from '../../core/domain/accounting/grouped.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import { type Quantity, quantityEntry, quantityNames } from '../../core/domain/units.ts';
import type { Fact, Registry } from '../../core/registry/registry.ts';
import { joined, overlap, type Stretch } from '../../core/registry/stretches.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { checkPeriod, type Period } from './periods.ts';

export interface SubMeterDeps {
  readonly registry: Pick<Registry, 'facts'>;
  readonly store: Pick<TelemetryStore, 'findSeries' | 'monthColumns'>;
  readonly calendar: Calendar;
  readonly clock: Clock;
}

export interface SubMeter {
  readonly point: string;
  readonly building: string;
  readonly parent: string | null;
  /** Facts of the period's end, or of now where it runs. */
  readonly item: string | null;
  readonly subItem: string | null;
  readonly pue: string | null;
  /** kWh by month; NaN: unknown. */
  readonly values: Float64Array;
  /** ms by month. */
  readonly coveredMs: Float64Array;
  readonly expectedMs: Float64Array;
}

export interface SubMeters {
  readonly asOf: number;
  readonly starts: readonly number[];
  readonly meters: readonly SubMeter[];
}

const attributes = [
  'quantities',
  'role',
  'building',
  'parent',
  'item',
  'subItem',
  'pue',
  'institution',
] as const;

/** @throws JieyueError `api.bucket-edge`, `api.bad-request` (period); what registry and store throw */
export async function subMeters(
  { registry, store, calendar, clock }: SubMeterDeps,
  { institution, period }: { readonly institution: string; readonly period: Period },
): Promise<SubMeters> {
  checkPeriod(period, calendar);
  const asOf = clock.now();
  const end = Math.min(period.to, asOf);
  const starts = [...calendar.starts(period.from, period.to, 'month')];
  const at = Math.max(period.from, end - 1);
  const told = new Map(
    await Promise.all(attributes.map(async (name) => [name, await registry.facts.allAt(name, at)] as const)),
  );
  // A point that is told again what it measures was there before.
  const entries = grouped(
    await registry.facts.allIn('quantities', period.from, Math.max(end, period.from + 1)),
    ({ entity }) => entity,
  );
  const textOf = (name: (typeof attributes)[number], entity: string): string | null => {
    const value = told.get(name)?.get(entity)?.value;
    return typeof value === 'string' ? value : null;
  };
  const inside = below(institution, (entity) => textOf('parent', entity), told.get('parent')?.keys() ?? []);
  const meters: SubMeter[] = [];
  const handles: number[] = [];
  for (const [point, { value }] of told.get('quantities') ?? []) {
    const building = textOf('building', point);
    const owner = building === null ? null : textOf('institution', building);
    if (building === null || owner === null || !inside.has(owner) || textOf('role', point) === 'virtual')
      continue;
    const quantity = electricityOf(value);
    if (quantity === undefined) continue;
    const there = stretchesOf(entries.get(point) ?? [], { from: period.from, to: end });
    handles.push(store.findSeries(point as PointKey, quantity) ?? -1);
    meters.push({
      point,
      building,
      parent: textOf('parent', point),
      item: textOf('item', point),
      subItem: textOf('subItem', point),
      pue: textOf('pue', point),
      values: new Float64Array(starts.length).fill(Number.NaN),
      coveredMs: new Float64Array(starts.length),
      expectedMs: Float64Array.from(starts, (start, month) =>
        within(there, { from: start, to: starts[month + 1] ?? period.to }),
      ),
    });
  }
  await read(store, { meters, handles, starts, period });
  return { asOf, starts, meters };
}

function electricityOf(value: unknown): Quantity | undefined {
  const measured = (name: Quantity) => Array.isArray(value) && value.includes(name);
  return quantityNames.find((name) => measured(name) && quantityEntry(name)?.carrier === 'electricity');
}

/** When a point measured electricity. */
function stretchesOf(entries: readonly Fact[], period: Period): readonly Stretch[] {
  return joined(
    entries.flatMap(({ value, validFrom, validTo }) =>
      electricityOf(value) === undefined
        ? []
        : (overlap({ valid_from: validFrom, valid_to: validTo }, period) ?? []),
    ),
  );
}

/** How much of `month` they hold, ms. */
function within(stretches: readonly Stretch[], month: Stretch): number {
  return stretches.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to, month.to) - Math.max(from, month.from)),
    0,
  );
}

async function read(
  store: SubMeterDeps['store'],
  {
    meters,
    handles,
    starts,
    period,
  }: {
    readonly meters: readonly SubMeter[];
    readonly handles: readonly number[];
    readonly starts: readonly number[];
    readonly period: Period;
  },
): Promise<void> {
  const places = handles.flatMap((handle, place) => (handle < 0 ? [] : [place]));
  const asked = places.map((place) => handles[place] ?? -1);
  if (asked.length === 0) return;
  const months = new Map(starts.map((start, month) => [start, month]));
  const { place, ts, value, measuredMs, estimatedMs, length } = await store.monthColumns(
    asked,
    period.from,
    period.to,
  );
  for (let row = 0; row < length; row++) {
    const meter = meters[places[place[row] ?? -1] ?? -1];
    const month = months.get(ts[row] ?? 0);
    if (meter === undefined || month === undefined) continue;
    meter.values[month] = value[row] ?? Number.NaN;
    meter.coveredMs[month] = (measuredMs[row] ?? 0) + (estimatedMs[row] ?? 0);
  }
}

/** The institution and all below it. */
function below(
  top: string,
  parentOf: (entity: string) => string | null,
  entities: Iterable<string>,
): ReadonlySet<string> {
  const children = grouped(entities, parentOf);
  const found = new Set([top]);
  for (const one of found) for (const child of children.get(one) ?? []) found.add(child);
  return found;
}

/** Σ of the known months; NaN where none is known. */
export function knownSum(values: Float64Array): number {
  let sum = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum = Number.isNaN(sum) ? value : sum + value;
  }
  return sum;
}

/** Covered ÷ expected, at most 1; 0 where nothing is expected. */
export function coverageOf(
  meters: readonly SubMeter[],
  months: readonly number[] | undefined = undefined,
): number {
  let [covered, expected] = [0, 0];
  for (const { coveredMs, expectedMs } of meters) {
    for (const month of months ?? coveredMs.keys()) {
      covered += Math.min(coveredMs[month] ?? 0, expectedMs[month] ?? 0);
      expected += expectedMs[month] ?? 0;
    }
  }
  return expected > 0 ? covered / expected : 0;
}
