// Lines that replace rollups and exclusions of some windows: the new rows, and `missing` over those that are gone.
// Later changes of a series come after earlier ones, as they would if each were stored on its own.
import type { Exclusion, RollupRow } from '../../domain/energy/rollup.ts';
import { rowStates } from '../../domain/series.ts';
import { checkChanges } from '../check-changes.ts';
import type { RollupBucket, RollupChange, SeriesHandle, Window } from '../port.ts';
import type { InfluxConnection } from './connection.ts';
import { exclusionLine, missingRollupLine, rollupLine } from './lines.ts';
import { Replacements } from './replacements.ts';
import { readExclusionsAt, readRollupTimes } from './rollups.ts';
import type { SeriesBook } from './series-book.ts';

const buckets: readonly RollupBucket[] = ['hour', 'day', 'month'];

/** @throws JieyueError `row.refused-by-store` for changes that contradict themselves; `store.unavailable` */
export async function linesOfChanges(
  connection: InfluxConnection,
  changes: readonly RollupChange[],
  book: SeriesBook,
): Promise<string[]> {
  checkChanges(changes);
  const lines: string[] = [];
  for (const bucket of buckets) {
    for (const line of await linesOfBucket(connection, bucket, changes, book)) lines.push(line);
  }
  for (const line of await linesOfExclusions(connection, changes, book)) lines.push(line);
  return lines;
}

async function linesOfBucket(
  connection: InfluxConnection,
  bucket: RollupBucket,
  changes: readonly RollupChange[],
  book: SeriesBook,
): Promise<string[]> {
  const windows = changes.map(({ series, windows: { [bucket]: wanted } }) => ({ ...wanted, series }));
  const standing = await readRollupTimes(connection, bucket, windows.filter(isSome), book);
  const bySeries = new Map<SeriesHandle, Replacements<number, RollupRow>>();
  for (const { series, from, to, rows } of windows) {
    let held = bySeries.get(series);
    if (held === undefined) {
      held = new Replacements((standing.get(series) ?? []).map((ts) => [ts, ts] as const));
      bySeries.set(series, held);
    }
    held.replace(
      from,
      to,
      rows.map((row) => [row.ts, row.ts, row] as const),
    );
  }
  const lines: string[] = [];
  for (const [handle, held] of bySeries) {
    const series = book.of(handle);
    for (const { ts, row } of held.results()) {
      lines.push(row === undefined ? missingRollupLine(bucket, series, ts) : rollupLine(bucket, series, row));
    }
  }
  return lines;
}

async function linesOfExclusions(
  connection: InfluxConnection,
  changes: readonly RollupChange[],
  book: SeriesBook,
): Promise<string[]> {
  const windows = changes.map(({ series, exclusionWindow }) => ({ ...exclusionWindow, series }));
  const standing = await readExclusionsAt(connection, windows.filter(isSome), book);
  const bySeries = new Map<SeriesHandle, Replacements<string, Exclusion>>();
  for (const { series, from, to, rows } of windows) {
    let held = bySeries.get(series);
    if (held === undefined) {
      const found = standing.get(series) ?? [];
      held = new Replacements(found.map((entry) => [keyOf(entry), entry.ts] as const));
      bySeries.set(series, held);
    }
    held.replace(
      from,
      to,
      rows.map((row) => [keyOf(row), row.ts, row] as const),
    );
  }
  const lines: string[] = [];
  for (const [handle, held] of bySeries) {
    const series = book.of(handle);
    const found = new Map((standing.get(handle) ?? []).map((entry) => [keyOf(entry), entry]));
    for (const { key, row } of held.results()) {
      const gone = found.get(key);
      if (row !== undefined) lines.push(exclusionLine(series, row));
      else if (gone !== undefined) lines.push(exclusionLine(series, gone, rowStates.missing));
    }
  }
  return lines;
}

function keyOf({ ts, code }: Exclusion): string {
  return `${ts} ${code}`;
}

function isSome(window: Window): boolean {
  return window.from < window.to;
}
