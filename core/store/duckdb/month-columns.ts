// Month rollups of many series by one query, chunk by chunk into columns: nothing is made an object on the way.
import { dayMs } from '../../domain/time.ts';
import { MonthRows } from '../month-rows.ts';
import type { MonthColumns, SeriesHandle } from '../port.ts';
import type { Database } from './database.ts';
import { appendColumns, eachChunk, integers, numbers, sqlInteger } from './rows.ts';
import { rollupTables } from './schema.ts';
import { decimal, whole } from './vectors.ts';

const shortestMonthMs = 28 * dayMs;

export async function readMonthColumns(
  database: Database,
  series: readonly SeriesHandle[],
  from: number,
  to: number,
): Promise<MonthColumns> {
  const rows = new MonthRows();
  if (series.length === 0 || !(from < to)) return rows.columns();
  await database.read(async (connection) => {
    const zeros = new Int32Array(series.length);
    const slots = Int32Array.from(series, (_, slot) => slot);
    const wanted = [integers(slots), integers(series), numbers(zeros), numbers(zeros)];
    await appendColumns(connection, 'temp.wanted', wanted, series.length);
    // Room for all months of all of them, but no more than a large answer has at first.
    const mostRows = Math.min(series.length * Math.ceil((to - from) / shortestMonthMs), 1_000_000);
    // NULL as NaN already here: the driver takes long to tell NULL cells apart.
    const sql = `SELECT w.slot, r.ts::DOUBLE, coalesce(r.value, 'nan'::DOUBLE), r.measured_ms, r.estimated_ms
      FROM ${rollupTables.month} r JOIN wanted w ON r.series = w.series
      WHERE r.ts >= ${sqlInteger(from)} AND r.ts < ${sqlInteger(to)}`;
    await eachChunk(connection, sql, ([slot, ts, value, measuredMs, estimatedMs], length) => {
      rows.reserve(rows.length === 0 ? mostRows : length);
      rows.addColumns(
        whole(slot, length),
        decimal(ts, length),
        decimal(value, length),
        decimal(measuredMs, length),
        decimal(estimatedMs, length),
      );
    });
  });
  return rows.columns();
}
