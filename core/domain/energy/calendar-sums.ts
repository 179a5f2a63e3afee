// Days from hours, months from days, in the calendar of the system.
import type { Calendar } from '../time.ts';
import type { QuantityKind } from '../units.ts';
import type { RollupRow } from './rollup.ts';

/**
 * Sums rows into larger buckets: consumption adds up, a gauge's mean is weighted by the time it covers.
 * @param rows ascending, every row of each bucket that is touched
 */
export function sumByCalendar(
  rows: readonly RollupRow[],
  bucket: 'day' | 'month',
  calendar: Calendar,
  kind: QuantityKind,
): RollupRow[] {
  const adds = kind === 'register' || kind === 'interval';
  const result: RollupRow[] = [];
  for (let at = 0; at < rows.length; ) {
    const ts = calendar.floor(rows[at]?.ts ?? 0, bucket);
    const end = calendar.next(ts, bucket);
    const group: RollupRow[] = [];
    for (let row = rows[at]; row !== undefined && row.ts < end; row = rows[++at]) group.push(row);
    result.push(adds ? total(ts, group) : mean(ts, group));
  }
  return result;
}

function total(ts: number, rows: readonly RollupRow[]): RollupRow {
  let value: number | null = null;
  let measuredMs = 0;
  let estimatedMs = 0;
  for (const row of rows) {
    if (row.value !== null) value = (value ?? 0) + row.value;
    measuredMs += row.measuredMs;
    estimatedMs += row.estimatedMs;
  }
  return { ts, value, min: null, max: null, measuredMs, estimatedMs };
}

function mean(ts: number, rows: readonly RollupRow[]): RollupRow {
  let weighted = 0;
  let measuredMs = 0;
  let min: number | null = null;
  let max: number | null = null;
  for (const row of rows) {
    if (row.value === null) continue;
    weighted += row.value * row.measuredMs;
    measuredMs += row.measuredMs;
    if (row.min !== null) min = Math.min(min ?? row.min, row.min);
    if (row.max !== null) max = Math.max(max ?? row.max, row.max);
  }
  return { ts, value: measuredMs > 0 ? weighted / measuredMs : null, min, max, measuredMs, estimatedMs: 0 };
}
