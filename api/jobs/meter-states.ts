// Whether a meter sends, and whether what it sends can be: from its newest reading and the rollups of its last days.
import { type Dated, type SeriesFacts, valueAt } from '../../core/domain/energy/facts.ts';
import type { RollupRow } from '../../core/domain/energy/rollup.ts';
import { type Calendar, dayMs, hourMs } from '../../core/domain/time.ts';
import { type Quantity, quantityEntry, quantityNames } from '../../core/domain/units.ts';
import type { Point, Registry } from '../../core/registry/registry.ts';
import type { SeriesHandle, TelemetryStore } from '../../core/store/port.ts';

export interface MeterState {
  readonly point: Point;
  /** Time since the newest reading; `undefined` where none ever came. */
  readonly silentMs: number | undefined;
  readonly silent: boolean;
  /** The value has not changed for a day; `kind` is of what. Whether others of its kind did is for the caller to see. */
  readonly unchanged: boolean;
  readonly kind: Quantity | undefined;
  /** Exclusions that touch the last 24 hours. */
  readonly excluded: number;
  /** Share of today and the six days before it that is measured, 0 to 1. */
  readonly coverage: number;
}

const silentIntervals = 3;
const silentMs = hourMs;
/** Where the registry does not say how often readings are expected. */
const usualIntervalMs = 15 * 60_000;
const coverageDays = 7;
/** A day of which less is known says nothing about whether the value changed. */
const leastKnownMs = 20 * hourMs;

type Sources = {
  readonly registry: Pick<Registry, 'points'>;
  readonly store: Pick<TelemetryStore, 'seriesOfPoint' | 'latest' | 'rollupWindows' | 'exclusionWindows'>;
  readonly calendar: Calendar;
};

/** States of some points, in their order. */
export async function meterStates(
  { registry, store, calendar }: Sources,
  points: readonly Point[],
  now: number,
): Promise<readonly MeterState[]> {
  const series = points.map(({ key }) => store.seriesOfPoint(key));
  const all = series.flat().map(({ handle }) => handle);
  const latest = byHandle(all, await store.latest(all));
  const exclusions = byHandle(
    all,
    await store.exclusionWindows(all.map((handle) => ({ series: handle, from: now - dayMs, to: now + 1 }))),
  );
  const mains = points.map((point, index) => {
    const quantity = mainQuantity(point);
    return { quantity, handle: series[index]?.find((one) => one.quantity === quantity)?.handle };
  });
  const facts = await registry.points.seriesFacts(
    points.map(({ key }, index) => ({ point: key, quantity: mains[index]?.quantity ?? 'power' })),
  );
  const handles = mains.flatMap(({ handle }) => handle ?? []);
  let coverageFrom = calendar.floor(now, 'day');
  for (let day = 1; day < coverageDays; day++) coverageFrom = calendar.floor(coverageFrom - 1, 'day');
  const lastHour = Math.floor(now / hourMs) * hourMs;
  const windowOf = (from: number, to: number) => handles.map((handle) => ({ series: handle, from, to }));
  const days = byHandle(handles, await store.rollupWindows('day', windowOf(coverageFrom, now)));
  const hours = byHandle(handles, await store.rollupWindows('hour', windowOf(lastHour - dayMs, lastHour)));

  return points.map((point, index) => {
    const newest = (series[index] ?? []).map(({ handle }) => latest.get(handle)?.ts ?? -Infinity);
    const lastAt = Math.max(-Infinity, ...newest);
    const age = lastAt === -Infinity ? undefined : Math.max(0, now - lastAt);
    const { quantity, handle = -1 } = mains[index] ?? { quantity: undefined };
    const expected = expectedInterval(facts[index], now);
    const measured = (days.get(handle) ?? []).reduce((sum, row) => sum + row.measuredMs, 0);
    return {
      point,
      silentMs: age,
      silent: age === undefined || age > Math.max(silentIntervals * expected, silentMs),
      kind: quantity,
      unchanged: quantity !== undefined && isUnchanged(hours.get(handle) ?? [], quantity),
      excluded: (series[index] ?? []).reduce(
        (sum, one) => sum + (exclusions.get(one.handle)?.length ?? 0),
        0,
      ),
      coverage: Math.min(1, measured / (now - coverageFrom || 1)),
    };
  });
}

/** What a point is there for: the first of its quantities, and counters come before gauges. */
function mainQuantity({ quantities }: Point): Quantity | undefined {
  return quantityNames.find((name) => quantities.includes(name));
}

/** A set point and a switch may stand for months. */
function isUnchanged(hours: readonly RollupRow[], quantity: Quantity): boolean {
  const kind = quantityEntry(quantity)?.kind;
  if (kind === 'state' || quantity === 'set_point') return false;
  const known = hours.filter(({ value }) => value !== null);
  const knownMs = known.reduce((sum, row) => sum + row.measuredMs + row.estimatedMs, 0);
  if (knownMs < leastKnownMs) return false;
  if (kind !== 'gauge') return known.every(({ value }) => value === 0);
  const lowest = Math.min(...known.map(({ min, value }) => min ?? value ?? 0));
  const highest = Math.max(...known.map(({ max, value }) => max ?? value ?? 0));
  return lowest === highest;
}

function expectedInterval(facts: SeriesFacts | undefined, now: number): number {
  const dated: readonly Dated<number>[] = facts?.expectedIntervalMs ?? [];
  return valueAt(dated, now) ?? usualIntervalMs;
}

function byHandle<T>(
  handles: readonly SeriesHandle[],
  values: readonly (T | undefined)[],
): Map<SeriesHandle, T> {
  const map = new Map<SeriesHandle, T>();
  for (const [index, handle] of handles.entries()) {
    const value = values[index];
    if (value !== undefined) map.set(handle, value);
  }
  return map;
}
