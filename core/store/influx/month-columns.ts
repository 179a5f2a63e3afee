// Month rollups of many series as columns: answers of many series each, taken over as they come.
import { firstMs, identifier, lastMs, select, within } from '../../domain/influxql.ts';
import { rollups, rowStates, tags } from '../../domain/series.ts';
import { dayMs } from '../../domain/time.ts';
import { MonthRows } from '../month-rows.ts';
import type { MonthColumns, SeriesHandle } from '../port.ts';
import type { TakeSeries } from './answer.ts';
import type { InfluxConnection } from './connection.ts';
import { groupLoosely, mayBeSeries } from './plan.ts';
import type { SeriesBook } from './series-book.ts';

/** Months of one request at most, by estimate: 20 MB of text. The range is cut for that. */
const rowsPerRequest = 300_000;
const mostPieces = 24;

const { value, state, measuredMs, estimatedMs } = rollups.fields;

export async function readMonthColumns(
  connection: InfluxConnection,
  series: readonly SeriesHandle[],
  from: number,
  to: number,
  book: SeriesBook,
): Promise<MonthColumns> {
  const rows = new MonthRows();
  if (!(from < to)) return rows.columns();
  const places = new Map<SeriesHandle, number[]>();
  for (const [place, handle] of series.entries()) {
    const list = places.get(handle);
    if (list === undefined) places.set(handle, [place]);
    else list.push(place);
  }
  const groups = groupLoosely(
    [...places.keys()],
    (handle) => book.of(handle),
    (quantity) => book.countOf(quantity),
  );
  const take: TakeSeries = (found, index) => {
    const group = groups[index];
    const handle = group === undefined ? undefined : book.findByTags(found.tags, group.quantity);
    for (const place of (handle === undefined ? undefined : places.get(handle)) ?? []) {
      for (const [ts, amount, as, measured, estimated] of found.rows) {
        const known = as === rowStates.known ? Number(amount) : Number.NaN;
        rows.add(place, Number(ts), known, Number(measured), Number(estimated));
      }
    }
  };
  for (const piece of piecesOf(places.size, from, to)) {
    const statements = groups.map((group) =>
      select({
        fields: [value, state, measuredMs, estimatedMs].map(identifier),
        from: rollups.month,
        where: [
          ...mayBeSeries(group),
          `${identifier(state)} > ${rowStates.missing}`,
          within(piece.from, piece.to),
        ],
        groupBy: [identifier(tags.point)],
      }),
    );
    await connection.each(statements, take);
  }
  return rows.columns();
}

/** [from, to) in pieces that are not too long for one answer. */
function piecesOf(series: number, from: number, to: number): { from: number; to: number }[] {
  const [first, end] = [Math.max(firstMs, from), Math.min(lastMs, to)];
  const months = Math.ceil((end - first) / (28 * dayMs));
  const count = Math.min(mostPieces, months, Math.ceil((series * months) / rowsPerRequest));
  const edge = (index: number) =>
    index === count ? end : Math.ceil(first + ((end - first) / count) * index);
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({
    from: edge(index),
    to: edge(index + 1),
  }));
}
