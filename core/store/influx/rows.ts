// Rows that are checked before anything is sent: the server would take, or misunderstand, what we must refuse.
import { JieyueError } from '../../domain/errors.ts';
import { firstMs, lastMs } from '../../domain/influxql.ts';
import type { FigureRow, PositionRow, ReadingColumns } from '../port.ts';
import type { SeriesBook } from './series-book.ts';

/** @throws JieyueError `row.refused-by-store` */
export function checkReadings({ ts, value, length }: ReadingColumns): void {
  for (let index = 0; index < length; index++) {
    const at = ts[index] as number;
    const reading = value[index] as number;
    if (!Number.isFinite(reading) || !isMoment(at)) {
      throw new JieyueError('row.refused-by-store', `reading at ${at} with the value ${reading}`);
    }
  }
}

/**
 * Readings as lines, `most` at a time, in their order: those of every `lanes`-th series. A key is always of the same
 * lane, so that lanes may be written at the same time.
 */
export function* readingLines(
  { series, ts, value, length }: ReadingColumns,
  book: SeriesBook,
  { lane, lanes, most }: { readonly lane: number; readonly lanes: number; readonly most: number },
): Generator<readonly string[]> {
  let lines: string[] = [];
  let lastTs = Number.NaN;
  let time = '';
  for (let index = 0; index < length; index++) {
    const handle = series[index] as number;
    if (handle % lanes !== lane) continue;
    const at = ts[index] as number;
    // Neighbours often have the same time: writing a number out costs more than comparing two.
    if (at !== lastTs) {
      lastTs = at;
      time = ` ${at}`;
    }
    lines.push(book.prefixOf(handle) + (value[index] as number) + time);
    if (lines.length < most) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}

/** @throws JieyueError `row.refused-by-store` */
export function checkPositions(rows: readonly PositionRow[]): void {
  for (const { vehicle, ts, lat, lon, speedKmh, courseDeg } of rows) {
    if (!isMoment(ts) || ![lat, lon, speedKmh, courseDeg].every(Number.isFinite)) {
      throw new JieyueError('row.refused-by-store', `position of ${vehicle} at ${ts}: ${lat}, ${lon}`);
    }
  }
}

/** @throws JieyueError `row.refused-by-store` */
export function checkFigures(rows: readonly FigureRow[]): void {
  for (const { institution, figure, ts, value } of rows) {
    if (!isMoment(ts) || (value !== null && !Number.isFinite(value))) {
      throw new JieyueError('row.refused-by-store', `figure ${figure} of ${institution} at ${ts}: ${value}`);
    }
  }
}

function isMoment(ts: number): boolean {
  return Number.isSafeInteger(ts) && ts >= firstMs && ts <= lastMs;
}
