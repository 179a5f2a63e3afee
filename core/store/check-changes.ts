// What an engine refuses of new rollups before it changes anything.
import { JieyueError } from '../domain/errors.ts';
import type { RollupBucket, RollupChange, SeriesHandle } from './port.ts';

const buckets: readonly RollupBucket[] = ['hour', 'day', 'month'];

/**
 * @throws JieyueError `row.refused-by-store` for a row outside the window it replaces, which would stand twice later, and
 * for an exclusion that ends before it begins, which no window would show.
 */
export function checkChanges(changes: readonly RollupChange[]): void {
  for (const { series, windows, exclusionWindow } of changes) {
    for (const bucket of buckets) checkWindow(series, bucket, windows[bucket]);
    checkWindow(series, 'exclusion', exclusionWindow);
    const backwards = exclusionWindow.rows.find(({ ts, until }) => !(until >= ts));
    if (backwards === undefined) continue;
    throw new JieyueError(
      'row.refused-by-store',
      `the exclusion of series ${series} at ${backwards.ts} ends before it begins, at ${backwards.until}`,
    );
  }
}

function checkWindow(
  series: SeriesHandle,
  what: string,
  window: { readonly from: number; readonly to: number; readonly rows: readonly { readonly ts: number }[] },
): void {
  const { from, to, rows } = window;
  const outside = rows.find(({ ts }) => !(ts >= from && ts < to && Number.isSafeInteger(ts)));
  if (outside === undefined) return;
  throw new JieyueError(
    'row.refused-by-store',
    `a row of the ${what} rollup of series ${series} at ${outside.ts} is outside its window [${from}, ${to})`,
  );
}
