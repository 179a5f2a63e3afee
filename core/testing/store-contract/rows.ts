// Rows for the suite's tests, and answers as plain arrays.
import type { RollupRow } from '../../domain/energy/rollup.ts';
import { dayMs, hourMs } from '../../domain/time.ts';
import type {
  MarkInput,
  PositionRow,
  ReadingColumns,
  ReadingSlice,
  RollupChange,
  SeriesHandle,
  TelemetryStore,
} from '../../store/port.ts';

/** 2025-01-01T00:00:00Z, an edge of hours and days. */
export const start = 1_735_689_600_000;
export const minute = 60_000;
export const always = { from: 0, to: 8e15 } as const;

/** [series, ts, value] as columns. */
export function columns(rows: readonly (readonly [SeriesHandle, number, number])[]): ReadingColumns {
  return {
    series: rows.map((row) => row[0]),
    ts: rows.map((row) => row[1]),
    value: rows.map((row) => row[2]),
    length: rows.length,
  };
}

export const noReadings: ReadingColumns = columns([]);

/** Writes [series, ts, value]. */
export function writeRows(
  store: TelemetryStore,
  rows: readonly (readonly [SeriesHandle, number, number])[],
  marks: readonly MarkInput[] = [],
): Promise<void> {
  return store.write(columns(rows), [], marks);
}

/** [[ts, value], …] */
export function pairs(slice: ReadingSlice | undefined): [number, number][] {
  return [...(slice?.ts ?? [])].map((ts, index) => [ts, slice?.value[index] ?? Number.NaN]);
}

/** All readings of a series as [[ts, value], …]. */
export async function allOf(store: TelemetryStore, series: SeriesHandle): Promise<[number, number][]> {
  return pairs(await store.readings(series, always.from, always.to, 10_000_000));
}

export function position(ts: number, changes: Partial<PositionRow> = {}): PositionRow {
  return {
    vehicle: 'fleet/A-1',
    ts,
    lat: 28,
    lon: 120.7,
    speedKmh: 42.5,
    courseDeg: 90,
    extras: {},
    ...changes,
  };
}

export function rollupRow(ts: number, value: number | null, changes: Partial<RollupRow> = {}): RollupRow {
  return { ts, value, min: null, max: null, measuredMs: hourMs, estimatedMs: 0, ...changes };
}

const nothing = { from: 0, to: 0, rows: [] };

/** A change of some buckets; the others and the exclusions stay as they are. */
export function change(
  series: SeriesHandle,
  windows: Partial<RollupChange['windows']>,
  exclusionWindow: RollupChange['exclusionWindow'] = nothing,
): RollupChange {
  return { series, windows: { hour: nothing, day: nothing, month: nothing, ...windows }, exclusionWindow };
}

export const day = dayMs;
export const hour = hourMs;

/** What a process that is killed writes as the `index`-th value of a series: nothing that compresses away. */
export function writtenValue(index: number): number {
  return Math.sin(index) * 1e6;
}

/** How many writes a process (store-writer-main.ts) has reported. */
export function reportedWrites(lines: readonly string[]): number {
  const last = lines.findLast((line) => line.startsWith('written '));
  return Number(last?.split(' ')[1] ?? 0);
}
