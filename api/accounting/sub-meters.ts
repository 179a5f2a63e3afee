// What meters of electricity showed over whole months, of all points of an institution's tree at once: for kinds of use (分项) and PUE.
import { grouped } from '../../core/domain/accounting/grouped.ts';
import type { Calendar } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { Clock } from '../../core/runtime/clock.ts';
import type { TelemetryStore } from '../../core/store/port.ts';
import { type MeterStretch, meterCuts } from './meter-stretches.ts';
import { checkPeriod, type Period } from './periods.ts';

export interface SubMeterDeps {
  readonly registry: Pick<Registry, 'facts'>;
  readonly store: Pick<TelemetryStore, 'findSeries' | 'monthColumns' | 'rollupWindows'>;
  readonly calendar: Calendar;
  readonly clock: Clock;
}

/** A meter in a stretch in which its facts, and those of what it hangs below or above, are the same. */
export interface SubMeter extends MeterStretch {
  /** The nearest meter above it in the same stretch, of the same tree. */
  readonly parent: string | null;
  /** kWh by month, of the part of it that the stretch holds; NaN: unknown. */
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

/** @throws JieyueError `api.bucket-edge`, `api.bad-request` (period); what registry and store throw */
export async function subMeters(
  { registry, store, calendar, clock }: SubMeterDeps,
  { institution, period }: { readonly institution: string; readonly period: Period },
): Promise<SubMeters> {
  checkPeriod(period, calendar);
  const asOf = clock.now();
  const end = Math.min(period.to, asOf);
  const starts = [...calendar.starts(period.from, period.to, 'month')];
  const monthEnd = (month: number) => starts[month + 1] ?? period.to;
  const cuts = await meterCuts(registry.facts, institution, { from: period.from, to: end });
  const meters = cuts.flatMap((cut) =>
    cut.meters.map(
      (meter): SubMeter => ({
        ...meter,
        parent: cut.above(meter.point)[0]?.point ?? null,
        values: new Float64Array(starts.length).fill(Number.NaN),
        coveredMs: new Float64Array(starts.length),
        expectedMs: Float64Array.from(starts, (start, month) =>
          Math.max(0, Math.min(monthEnd(month), meter.to) - Math.max(start, meter.from)),
        ),
      }),
    ),
  );
  await read(store, { meters, starts, period, end });
  return { asOf, starts, meters };
}

/** What each meter hangs below, in the stretch that it is of. */
export function aboveOf(all: readonly SubMeter[]): (meter: SubMeter) => SubMeter | undefined {
  const key = (point: string, { from }: SubMeter) => `${from} ${point}`;
  const known = new Map(all.map((meter) => [key(meter.point, meter), meter]));
  return (meter) => (meter.parent === null ? undefined : known.get(key(meter.parent, meter)));
}

interface Reading {
  readonly meters: readonly SubMeter[];
  readonly starts: readonly number[];
  readonly period: Period;
  /** Of the period, or now where it runs. */
  readonly end: number;
}

/** Whole months by months, those that a stretch cuts by days. */
async function read(store: SubMeterDeps['store'], { meters, starts, period, end }: Reading): Promise<void> {
  const months = new Map(starts.map((start, month) => [start, month]));
  const last = (month: number) => Math.min(starts[month + 1] ?? period.to, end);
  // A month that runs is whole as far as it has come.
  const isWhole = ({ from, to }: SubMeter, month: number) =>
    from <= (starts[month] ?? period.to) && to >= last(month);
  const known = meters.flatMap((meter) => {
    const series = store.findSeries(meter.point as PointKey, meter.quantity);
    return series === undefined ? [] : [{ meter, series }];
  });
  if (known.length === 0) return;
  const bySeries = grouped(known, ({ series }) => series);
  const handles = [...bySeries.keys()];
  const columns = await store.monthColumns(handles, period.from, period.to);
  for (let row = 0; row < columns.length; row++) {
    const month = months.get(columns.ts[row] ?? 0);
    if (month === undefined) continue;
    for (const { meter } of bySeries.get(handles[columns.place[row] ?? -1] ?? -1) ?? []) {
      if (!isWhole(meter, month)) continue;
      meter.values[month] = columns.value[row] ?? Number.NaN;
      meter.coveredMs[month] = (columns.measuredMs[row] ?? 0) + (columns.estimatedMs[row] ?? 0);
    }
  }
  const cut = known.flatMap(({ meter, series }) =>
    starts.flatMap((start, month) => {
      const [from, to] = [Math.max(start, meter.from), Math.min(last(month), meter.to)];
      return from < to && !isWhole(meter, month) ? [{ meter, month, window: { series, from, to } }] : [];
    }),
  );
  for (let at = 0; at < cut.length; at += windowsPerRead) {
    const some = cut.slice(at, at + windowsPerRead);
    const days = await store.rollupWindows(
      'day',
      some.map(({ window }) => window),
    );
    for (const [index, { meter, month }] of some.entries()) {
      for (const { value, measuredMs, estimatedMs } of days[index] ?? []) {
        meter.coveredMs[month] = (meter.coveredMs[month] ?? 0) + measuredMs + estimatedMs;
        if (value === null) continue;
        const before = meter.values[month] ?? Number.NaN;
        meter.values[month] = (Number.isNaN(before) ? 0 : before) + value;
      }
    }
  }
}

/** Windows of one query at most: a month has 31 rows. */
const windowsPerRead = 2_000;

/** Σ of what is known; NaN where nothing is. */
export function knownSum(values: Iterable<number>): number {
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
