// What meters did in a month, for data quality: all points at once, by a few questions to registry and store.

import { grouped } from '../../core/domain/accounting/grouped.ts';
import type { QualityPoint } from '../../core/domain/accounting/quality.ts';
import type { Exclusion, RollupRow } from '../../core/domain/energy/rollup.ts';
import { type Calendar, dayMs, hourMs } from '../../core/domain/time.ts';
import type { PointKey } from '../../core/domain/topics.ts';
import { type Carrier, type Quantity, quantityEntry, quantityNames } from '../../core/domain/units.ts';
import type { Registry } from '../../core/registry/registry.ts';
import type { SeriesHandle, TelemetryStore } from '../../core/store/port.ts';
import { shiftedYears } from './periods.ts';
import type { MonthSpan } from './quality-accounts.ts';

export type MeterStore = Pick<
  TelemetryStore,
  'findSeries' | 'monthColumns' | 'rollupWindows' | 'exclusionWindows' | 'latest' | 'readingsBefore'
>;

export interface MeterMonth extends QualityPoint {
  /** Whose it is; `null`: nobody's. */
  readonly institution: string | null;
  readonly building: string | null;
  readonly parent: string | null;
  readonly carrier: Carrier | null;
  /** Consumption of the month as far as it has passed; `null`: not known in full, or not a day of it has passed. */
  readonly value: number | null;
  /** Of the twelve months before, the oldest first; NaN: not known in full. */
  readonly earlier: readonly number[];
}

/** Days that stand still before it is asked since when they do: those that `qualityOf` waits for. */
const stillDays = 7;
/** How far back it is asked since when. */
const stillSearchDays = 90;
/** A day of which less is known does not say whether anything moved. */
const leastKnownMs = 20 * hourMs;
/** Where less is missing of a month, its consumption counts as known in full. */
const unknownShare = 0.001;
/** Of a month that has hardly begun nothing is compared. */
const leastComparedMs = dayMs;
/** These may stand still for months, unless the same month of last year says otherwise. */
const seasonal: readonly (Carrier | undefined)[] = ['heat', 'cooling', 'gas'];

interface Meter {
  readonly point: string;
  readonly quantity: Quantity;
  readonly handle: SeriesHandle | undefined;
  /** When it was registered. */
  readonly since: number;
  readonly parent: string | null;
  readonly building: string | null;
  readonly institution: string | null;
  readonly calibrationDue: number | null;
}

/** Points that are registered at the month's end, or now; by what they are there for first. Virtual points have no readings. */
export async function meterMonths(
  registry: Pick<Registry, 'facts'>,
  store: MeterStore,
  calendar: Calendar,
  { from, to, asOf }: MonthSpan,
): Promise<readonly MeterMonth[]> {
  const end = Math.min(to, asOf);
  if (end <= from) return [];
  const meters = await metersIn(registry, store, calendar, { from, to: end });
  const handles = meters.flatMap(({ handle }) => handle ?? []);
  const months = await monthsOf(store, calendar, handles, { from, to });
  const windows = handles.map((series) => ({ series, from, to: end }));
  const exclusions = byHandle(handles, await store.exclusionWindows(windows));
  const expectedOf = ({ since }: Meter) => Math.max(0, end - Math.max(from, since));
  const newest = await newestBefore(store, end, (handle) => months.get(handle)?.measuredMs ?? 0, {
    meters,
    expectedOf,
  });
  const still = await stillSince(store, calendar, meters, end);
  return meters.map((meter): MeterMonth => {
    const { point, quantity, handle = -1, parent, building, institution, calibrationDue } = meter;
    const carrier = quantityEntry(quantity)?.carrier ?? null;
    const month = months.get(handle);
    const expectedMs = expectedOf(meter);
    const coveredMs = (month?.measuredMs ?? 0) + (month?.estimatedMs ?? 0);
    const whole = end - from >= leastComparedMs && coveredMs >= (end - from) * (1 - unknownShare);
    const lastYear = month?.earlier[0] ?? Number.NaN;
    return {
      point,
      institution,
      building,
      parent,
      carrier,
      expectedMs,
      measuredMs: month?.measuredMs ?? 0,
      estimatedMs: month?.estimatedMs ?? 0,
      value: whole && month !== undefined && !Number.isNaN(month.value) ? month.value : null,
      earlier: month?.earlier ?? [],
      lastReadingAt: newest.get(handle) ?? null,
      stillSince: still.get(handle) ?? null,
      calibrationDue,
      mayStandStill: seasonal.includes(carrier ?? undefined) && !(lastYear > 0),
      exclusions: counted(exclusions.get(handle) ?? [], from),
    };
  });
}

async function metersIn(
  { facts }: Pick<Registry, 'facts'>,
  store: MeterStore,
  calendar: Calendar,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Meter[]> {
  const at = to - 1;
  // A point that is told again what it measures was there before.
  const begun = new Map<string, number>();
  for (const { entity, validFrom } of await facts.allIn('quantities', from, to))
    begun.set(entity, Math.min(validFrom, begun.get(entity) ?? validFrom));
  const [quantities, roles, buildings, parents, owners, calibrations] = await Promise.all(
    ['quantities', 'role', 'building', 'parent', 'institution', 'calibrationDue'].map((attribute) =>
      facts.allAt(attribute, at),
    ),
  );
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const meters: Meter[] = [];
  for (const [point, { value, validFrom }] of quantities ?? []) {
    const quantity = quantityNames.find((name) => Array.isArray(value) && value.includes(name));
    if (quantity === undefined || roles?.get(point)?.value === 'virtual') continue;
    const building = text(buildings?.get(point)?.value);
    const due = text(calibrations?.get(point)?.value);
    meters.push({
      point,
      quantity,
      handle: store.findSeries(point as PointKey, quantity),
      since: begun.get(point) ?? validFrom,
      parent: text(parents?.get(point)?.value),
      building,
      institution: building === null ? null : text(owners?.get(building)?.value),
      calibrationDue: due === null ? null : (calendar.parse(due) ?? null),
    });
  }
  return meters;
}

interface SeriesMonths {
  readonly value: number;
  readonly measuredMs: number;
  readonly estimatedMs: number;
  readonly earlier: readonly number[];
}

/** The month and the twelve before it. */
async function monthsOf(
  store: MeterStore,
  calendar: Calendar,
  handles: readonly SeriesHandle[],
  month: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<SeriesHandle, SeriesMonths>> {
  const first = shiftedYears(month, -1, calendar).from;
  const starts = [...calendar.starts(first, month.to, 'month')];
  const lengths = starts.map((start, index) => (starts[index + 1] ?? month.to) - start);
  const places = new Map(starts.map((start, index) => [start, index]));
  const found = new Map<SeriesHandle, { -readonly [K in keyof SeriesMonths]: SeriesMonths[K] }>();
  const { place, ts, value, measuredMs, estimatedMs, length } = await store.monthColumns(
    handles,
    first,
    month.to,
  );
  for (let row = 0; row < length; row++) {
    const handle = handles[place[row] ?? -1] ?? -1;
    let entry = found.get(handle);
    if (entry === undefined) {
      entry = {
        value: Number.NaN,
        measuredMs: 0,
        estimatedMs: 0,
        earlier: starts.slice(1).map(() => Number.NaN),
      };
      found.set(handle, entry);
    }
    const index = places.get(ts[row] ?? 0) ?? -1;
    const coveredMs = (measuredMs[row] ?? 0) + (estimatedMs[row] ?? 0);
    if (index === starts.length - 1) {
      entry.value = value[row] ?? Number.NaN;
      entry.measuredMs = measuredMs[row] ?? 0;
      entry.estimatedMs = estimatedMs[row] ?? 0;
    } else if (coveredMs >= (lengths[index] ?? Infinity) * (1 - unknownShare)) {
      (entry.earlier as number[])[index] = value[row] ?? Number.NaN;
    }
  }
  return found;
}

/**
 * The newest reading before `end`. What is measured nearly to the end spoke then, and is not asked further: its newest reading is the
 * newest of all, at the latest at the end.
 */
async function newestBefore(
  store: MeterStore,
  end: number,
  measuredOf: (handle: SeriesHandle) => number,
  { meters, expectedOf }: { meters: readonly Meter[]; expectedOf: (meter: Meter) => number },
): Promise<ReadonlyMap<SeriesHandle, number>> {
  const handles = meters.flatMap(({ handle }) => handle ?? []);
  const latest = byHandle(handles, await store.latest(handles));
  const found = new Map<SeriesHandle, number>();
  const asked: SeriesHandle[] = [];
  for (const meter of meters) {
    const { handle } = meter;
    const newest = handle === undefined ? undefined : latest.get(handle)?.ts;
    if (handle === undefined || newest === undefined) continue;
    if (newest < end) found.set(handle, newest);
    else if (measuredOf(handle) > expectedOf(meter) - dayMs) found.set(handle, end);
    else asked.push(handle);
  }
  if (asked.length === 0) return found;
  const slices = await store.readingsBefore(
    asked.map((series) => ({ series, before: end })),
    1,
  );
  for (const [index, handle] of asked.entries()) {
    const ts = slices[index]?.ts.at(-1);
    if (ts !== undefined) found.set(handle, ts);
  }
  return found;
}

/** Since which midnight nothing moved up to the last midnight before `end`; left out: it moved, or is a state. */
async function stillSince(
  store: MeterStore,
  calendar: Calendar,
  meters: readonly Meter[],
  end: number,
): Promise<ReadonlyMap<SeriesHandle, number>> {
  const last = calendar.floor(end, 'day');
  const isState = (quantity: Quantity) =>
    quantity === 'set_point' || quantityEntry(quantity)?.kind === 'state';
  const able = meters.filter(({ handle, quantity }) => handle !== undefined && !isState(quantity));
  const daysOf = (some: readonly Meter[], days: number) => {
    const from = calendar.floor(last - days * dayMs, 'day');
    return store.rollupWindows(
      'day',
      some.map(({ handle = -1 }) => ({ series: handle, from, to: last })),
    );
  };
  const trailing = (rows: readonly RollupRow[], { quantity }: Meter) => {
    let since: number | undefined;
    let next = last;
    for (const row of rows.toReversed()) {
      if (calendar.next(row.ts, 'day') !== next || !isStill(row, quantity)) break;
      since = row.ts;
      next = row.ts;
    }
    return since;
  };
  const recent = await daysOf(able, stillDays);
  const standing = able.filter((meter, index) => {
    const since = trailing(recent[index] ?? [], meter);
    return since !== undefined && last - since >= (stillDays - 0.5) * dayMs;
  });
  if (standing.length === 0) return new Map();
  const longer = await daysOf(standing, stillSearchDays);
  return new Map(
    standing.flatMap((meter, index) => {
      const since = trailing(longer[index] ?? [], meter);
      return meter.handle === undefined || since === undefined ? [] : [[meter.handle, since]];
    }),
  );
}

function isStill({ value, min, max, measuredMs, estimatedMs }: RollupRow, quantity: Quantity): boolean {
  if (value === null || measuredMs + estimatedMs < leastKnownMs) return false;
  return quantityEntry(quantity)?.kind === 'gauge' ? min !== null && min === max : value === 0;
}

function counted(exclusions: readonly Exclusion[], from: number): QualityPoint['exclusions'] {
  const byCode = grouped(
    exclusions.filter(({ ts }) => ts >= from),
    ({ code }) => code,
  );
  return [...byCode].map(([code, all]) => ({
    code,
    count: all.length,
    first: Math.min(...all.map(({ ts }) => ts)),
  }));
}

function byHandle<T>(
  handles: readonly SeriesHandle[],
  values: readonly (T | undefined)[],
): ReadonlyMap<SeriesHandle, T> {
  const pairs = handles.flatMap((handle, index): [SeriesHandle, T][] => {
    const value = values[index];
    return value === undefined ? [] : [[handle, value]];
  });
  return new Map(pairs);
}
