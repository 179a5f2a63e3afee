// Month rollups of many series by one query, chunk by chunk into columns: nothing is made an object on the way.
import type { DuckDBVector } from '@duckdb/node-api';
import { MonthRows } from '../month-rows.ts';
import type { MonthColumns, SeriesHandle } from '../port.ts';
import type { Database } from './database.ts';
import { appendColumns, eachChunk, integers, numbers, sqlInteger } from './rows.ts';
import { rollupTables } from './schema.ts';

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
    // NULL as NaN already here: the driver takes long to tell NULL cells apart.
    const sql = `SELECT w.slot, r.ts::DOUBLE, coalesce(r.value, 'nan'::DOUBLE), r.measured_ms, r.estimated_ms
      FROM ${rollupTables.month} r JOIN wanted w ON r.series = w.series
      WHERE r.ts >= ${sqlInteger(from)} AND r.ts < ${sqlInteger(to)}`;
    await eachChunk(connection, sql, ([slot, ts, value, measuredMs, estimatedMs], length) => {
      rows.reserve(length);
      for (let index = 0; index < length; index++) {
        rows.add(
          cell(slot, index),
          cell(ts, index),
          cell(value, index),
          cell(measuredMs, index),
          cell(estimatedMs, index),
        );
      }
    });
  });
  return rows.columns();
}

function cell(vector: DuckDBVector | undefined, index: number): number {
  return vector?.getItem(index) as number;
}
